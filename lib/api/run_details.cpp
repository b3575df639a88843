#include "api/run_details.hpp"

#include "api/rows.hpp"
#include "base/limits.hpp"

namespace triggerd::api {

namespace {

using nlohmann::json;

std::optional<related_run> related_of(const json& one) {
  related_run run;
  optional_texts(one, {{"id", &run.id}, {"taskIdentifier", &run.task}, {"status", &run.status}});
  return run.id.empty() ? std::nullopt : std::optional(std::move(run));
}

void read_related(const json& of, run_record& record) {
  const auto* related = object_member(of, "relatedRuns");
  if (related == nullptr) return;
  if (const auto* root = object_member(*related, "root")) record.root = related_of(*root);
  if (const auto* parent = object_member(*related, "parent")) record.parent = related_of(*parent);
  if (const auto* children = array_member(*related, "children"))
    for (const auto& one : *children)
      if (auto child = related_of(one)) record.children.push_back(std::move(*child));
}

void read_run_schedule(const json& of, run_schedule& schedule) {
  const auto* object = object_member(of, "schedule");
  if (object == nullptr) return;
  optional_texts(
      *object,
      {{"id", &schedule.id}, {"externalId", &schedule.external_id}, {"deduplicationKey", &schedule.deduplication_key}});
  if (const auto* generator = object_member(*object, "generator"))
    optional_texts(*generator, {{"expression", &schedule.cron}, {"description", &schedule.description}});
}

result<void> read_values(const json& of, run_record& record) {
  if (const auto* error = object_member(of, "error")) {
    optional_texts(
        *error,
        {{"name", &record.error_name}, {"message", &record.error_message}, {"stackTrace", &record.error_stack}});
    const auto causes = optional_values(*error, {{"causes", &record.error_causes}});
    if (!causes) return causes.error();
  }
  return optional_values(of,
                         {{"metadata", &record.metadata}, {"payload", &record.payload}, {"output", &record.output}});
}

result<run_record> record_of(const json& run) {
  auto view = run_view_of(run);
  if (!view) return view.error();
  run_record record;
  static_cast<run_view&>(record) = std::move(*view);
  if (auto url = text_member(run, "payloadPresignedUrl")) record.payload_at = presigned{std::move(*url)};
  if (auto url = text_member(run, "outputPresignedUrl")) record.output_at = presigned{std::move(*url)};
  optional_instants(run, {{"updatedAt", &record.updated},
                          {"startedAt", &record.started},
                          {"delayedUntil", &record.delayed_until},
                          {"expiredAt", &record.expired}});
  optional_texts(run, {{"version", &record.version},
                       {"region", &record.region},
                       {"ttl", &record.ttl},
                       {"triggerFunction", &record.trigger_function},
                       {"taskKind", &record.task_kind}});
  record.test = flag_member(run, "isTest", false);
  record.depth = integer_member(run, "depth").value_or(0);
  record.attempt_count = integer_member(run, "attemptCount").value_or(0);
  record.cost_in_cents = number_member(run, "costInCents").value_or(0);
  record.base_cost_in_cents = number_member(run, "baseCostInCents").value_or(0);
  record.duration_ms = number_member(run, "durationMs").value_or(0);
  read_related(run, record);
  read_run_schedule(run, record.schedule);
  if (const auto values = read_values(run, record); !values) return values.error();
  return record;
}

result<run_record> read_record(const transport::response& reply) { return whole_of(reply, record_of); }

// GET tells the metadata as text, PUT as an object.
result<run_metadata> read_metadata(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  if (!body->is_object()) return missing_member("metadata");
  run_metadata metadata;
  optional_texts(*body, {{"metadata", &metadata.value}, {"metadataType", &metadata.type}});
  if (!metadata.value.empty()) return metadata;
  const auto values = optional_values(*body, {{"metadata", &metadata.value}});
  if (!values) return values.error();
  return metadata;
}

std::string_view wire_name(metadata_operation::form what) {
  switch (what) {
    case metadata_operation::form::set: return "set";
    case metadata_operation::form::append: return "append";
    case metadata_operation::form::remove: return "remove";
    case metadata_operation::form::increment: return "increment";
    case metadata_operation::form::erase: return "delete";
    case metadata_operation::form::update: return "update";
  }
  return {};
}

result<json> wire_operation(const metadata_operation& one) {
  using form = metadata_operation::form;
  json made{{"type", wire_name(one.what)}};
  if (one.what != form::update) {
    if (const auto checked = check_name("metadata key", one.key); !checked) return checked.error();
    made["key"] = one.key;
  }
  if (one.what == form::erase) return made;
  auto value = json_argument("metadata value", one.value);
  if (!value) return value.error();
  if (one.what == form::increment && !value->is_number())
    return bad_argument("metadata value", "is no number to increment by");
  if (one.what == form::update && !value->is_object())
    return bad_argument("metadata value", "is no object to update with");
  made["value"] = std::move(*value);
  return made;
}

result<void> put_operations(json& body, const char* name, const std::vector<metadata_operation>& operations) {
  for (const auto& one : operations) {
    auto made = wire_operation(one);
    if (!made) return made.error();
    body[name].push_back(std::move(*made));
  }
  return {};
}

result<json> metadata_body(const metadata_change& what) {
  json body = json::object();
  if (what.replace) {
    auto value = json_argument("metadata", *what.replace);
    if (!value) return value.error();
    if (!value->is_object()) return bad_argument("metadata", "is no object");
    body["metadata"] = std::move(*value);
  }
  for (const auto& [name, operations] :
       {std::pair("operations", &what.operations), std::pair("parentOperations", &what.of_parent),
        std::pair("rootOperations", &what.of_root)})
    if (const auto put = put_operations(body, name, *operations); !put) return put.error();
  if (body.empty()) return bad_argument("metadata", "is not changed at all");
  return body;
}

}  // namespace

operation<run_record> retrieve_run_record(std::string_view run) {
  call what = make_call("runs.retrieve", {run});
  what.secret_reply = true;
  return {std::move(what), read_record};
}

result<operation<run_record>> reschedule_run(std::string_view run, const moment& delay) {
  auto text = moment_text("delay", delay);
  if (!text) return text.error();
  call what = make_json_call("runs.reschedule", {run}, json{{"delay", std::move(*text)}});
  what.keyed = std::holds_alternative<instant>(delay);
  what.secret_reply = true;
  return operation<run_record>{std::move(what), read_record};
}

result<operation<nothing>> add_tags(std::string_view run, const std::vector<std::string>& tags) {
  if (tags.empty()) return bad_argument("tags", "are none");
  if (const auto checked = check_tags(tags); !checked) return checked.error();
  return operation<nothing>{make_json_call("runs.addTags", {run}, json{{"tags", tags}}), read_nothing};
}

operation<run_metadata> retrieve_metadata(std::string_view run) {
  return {make_call("runs.metadataGet", {run}), read_metadata};
}

result<operation<run_metadata>> change_metadata(std::string_view run, const metadata_change& what) {
  const auto body = metadata_body(what);
  if (!body) return body.error();
  call made = make_json_call("runs.metadataPut", {run}, *body);
  if (made.body->size() > limits::metadata_change)
    return bad_argument("metadata", "is larger than the 2 MiB that the server takes");
  made.keyed = what.operations.empty() && what.of_parent.empty() && what.of_root.empty();
  return operation<run_metadata>{std::move(made), read_metadata};
}

}  // namespace triggerd::api
