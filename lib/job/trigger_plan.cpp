#include "job/trigger_plan.hpp"

#include "api/trigger_options.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/scope.hpp"
#include "job/trigger_key.hpp"
#include "job/trigger_order.hpp"
#include "source/json_check.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

using nlohmann::json;

error bad_payload(const std::string& where, const error& why) {
  if (why.code == triggerd::codes::cancelled) return why;
  return fail(codes::payload, "the payload from " + where + ": " + why.message, why.peer);
}

result<json> rendered_json(const std::string& text, const spec::name_lookup& names) {
  const auto parsed = spec::json_template::parse(text);
  if (!parsed) return parsed.error();
  return parsed->render(names);
}

result<json> checked_json(std::string_view text) {
  if (text::trim(text).empty()) return fail(codes::payload, "it is empty");
  return source::read_json(text);
}

// Nullopt: the job has no payload.
task<result<std::optional<json>>> payload_of(const spec::trigger_spec& spec, const spec::name_lookup& names,
                                             inputs& from, cancellation& cancel) {
  if (spec.payload) {
    auto value = rendered_json(*spec.payload, names);
    if (!value) co_return bad_payload("the job file", value.error());
    co_return std::optional(std::move(*value));
  }
  std::string where;
  result<std::string> text = fail(codes::payload, "there is none");
  if (!spec.payload_file.empty()) {
    auto path = spec::render_text(spec.payload_file, names);
    if (!path) co_return bad_payload("a file", path.error());
    where = *path;
    text = from.read_file(*path, limits::trigger_body);
  } else if (spec.payload_exec) {
    auto program = rendered(*spec.payload_exec, names);
    if (!program) co_return bad_payload("a program", program.error());
    where = program->argv.front();
    text = co_await from.run_program(std::move(*program), cancel);
  } else {
    co_return std::optional<json>();
  }
  if (!text) co_return bad_payload(where, text.error());
  auto value = checked_json(*text);
  if (!value) co_return bad_payload(where, value.error());
  co_return std::optional(std::move(*value));
}

}  // namespace

result<spec::exec_spec> rendered(const spec::exec_spec& program, const spec::name_lookup& names) {
  spec::exec_spec out = program;
  for (std::string& argument : out.argv) {
    auto text = spec::render_text(argument, names);
    if (!text) return text.error();
    argument = std::move(*text);
  }
  if (out.argv.empty()) return fail(codes::payload, "there is no program to run");
  return out;
}

task<result<planned_action>> plan_trigger(const leg_view& leg, inputs& from, cancellation& cancel) {
  const auto& spec = std::get<spec::trigger_spec>(leg.job.what);
  const scope values(leg);
  const spec::name_lookup names = values.names();
  const auto task_id = spec::render_text(spec.task, names);
  if (!task_id) co_return task_id.error();
  const auto key = run_key(leg, names);
  if (!key) co_return key.error();
  if (key->empty()) co_return fail(codes::payload, "the idempotency key is empty");
  const auto written = rendered_json(spec.options, names);
  if (!written) co_return written.error();
  const auto options = api::trigger_options(*written, run_tags);
  if (!options) co_return options.error();
  auto payload = co_await payload_of(spec, names, from, cancel);
  if (!payload) co_return payload.error();
  const std::string tag = tag_of_leg(leg.fire.id, leg.target.name);
  run_order order;
  order.task = *task_id;
  order.payload = *payload ? &**payload : nullptr;
  order.options = &*options;
  order.key = *key;
  order.tag = tag;
  order.look = true;
  co_return order_run(leg, leg.first_number, order);
}

}  // namespace triggerd::job
