#include "sandbox/run_view.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"
#include "sandbox/presigned.hpp"
#include "sandbox/run_packet.hpp"
#include "sandbox/superjson.hpp"

namespace triggerd::sandbox {

namespace {

void add_flags(json& to, run_status status) {
  const bool waits =
      status == run_status::queued || status == run_status::delayed || status == run_status::pending_version;
  const bool failed = status == run_status::canceled || status == run_status::failed || status == run_status::crashed ||
                      status == run_status::system_failure;  // expired and timed out: every flag is false
  to["isQueued"] = waits;
  to["isExecuting"] = status == run_status::executing;
  to["isCompleted"] = failed || status == run_status::completed;
  to["isFailed"] = failed;
  to["isSuccess"] = status == run_status::completed;
  to["isCancelled"] = status == run_status::canceled;
  to["isWaiting"] = false;
}

std::string region_of(const run& of) {
  return of.where->spec->type == environment_type::development ? of.where->where->id : of.input->region;
}

json common(const state& in, const run& of, const run_look& as) {
  json out = {{"id", in.runs.id_of(of.number)},
              {"taskIdentifier", of.input->task},
              {"status", name_of(as.status)},
              {"createdAt", text::iso(of.created)},
              {"updatedAt", text::iso(as.updated)},
              {"isTest", of.input->test},
              {"tags", *of.tags},
              {"costInCents", 0},
              {"baseCostInCents", 0},
              {"depth", 0},
              {"region", region_of(of)}};
  const bool ran = as.started && as.finished;
  out["durationMs"] = ran ? std::chrono::round<milliseconds>(*as.finished - *as.started).count() : 0;
  if (!of.shown_key.empty()) out["idempotencyKey"] = of.shown_key;
  if (as.started) out["startedAt"] = text::iso(*as.started);
  if (as.started) out["version"] = of.version;
  if (as.finished) out["finishedAt"] = text::iso(*as.finished);
  if (of.delayed_until) out["delayedUntil"] = text::iso(*of.delayed_until);
  if (!of.ttl.empty()) out["ttl"] = of.ttl;
  if (as.status == run_status::expired && as.finished) out["expiredAt"] = text::iso(*as.finished);
  const std::string& metadata = of.metadata.empty() ? of.input->metadata : of.metadata;
  if (!metadata.empty())
    if (const auto value = parse_json(metadata)) out["metadata"] = *value;
  add_flags(out, as.status);
  return out;
}

// As retrieve shows it: superjson flattened, what is too large by its address.
template <class Presign>
void add_packet(json& to, const std::string& name, const packet& what, const Presign& presign) {
  if (!what.value) return;
  if (!what.address.empty()) {
    to[name + "PresignedUrl"] = presign(what.address);
  } else if (what.type == "application/super+json") {
    to[name] = flattened(*what.value);
  } else {
    to[name] = *what.value;
  }
}

json error_of(const run& of) {
  if (of.status != run_status::failed) return {{"message", of.error}};
  return {{"name", "Error"},
          {"message", of.error},
          {"stackTrace", "Error: " + of.error + "\n    at run (file:///app/src/trigger/task.ts:10:11)"}};
}

}  // namespace

json whole_run(const state& in, const run& of, const request& asked) {
  const run_look as = look(of, in.now);
  json out = common(in, of, as);
  const auto presign = [&](const std::string& address) { return presigned_url(in, asked, "GET", *of.where, address); };
  out["triggerFunction"] = of.batched ? "batchTrigger" : "trigger";
  if (of.batched) out["batchId"] = numbered_id("batch_", in.seed, of.batch);
  out["attemptCount"] = as.started ? 1 : 0;
  out["attempts"] = json::array();
  out["relatedRuns"] = {{"children", json::array()}};
  add_packet(out, "payload", payload_of(in, of), presign);
  add_packet(out, "output", output_of(in, of), presign);
  if (!of.error.empty()) out["error"] = error_of(of);
  return out;
}

json run_row(const state& in, const run& of, instant as_of) {
  json out = common(in, of, look(of, as_of));
  out["taskKind"] = "STANDARD";
  out["env"] = {{"id", of.where->where->id}, {"name", of.where->slug}};
  if (of.where->spec->type == environment_type::development) out["env"]["user"] = "Operator";
  return out;
}

}  // namespace triggerd::sandbox
