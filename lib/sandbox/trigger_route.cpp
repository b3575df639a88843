#include "sandbox/handlers.hpp"
#include "sandbox/trigger.hpp"

namespace triggerd::sandbox::handlers {

namespace {

void headers_as_options(const call& from, trigger_options& options) {
  if (const auto key = first_header(from.asked.headers, "idempotency-key"); key && !options.key) options.key = *key;
  if (const auto ttl = first_header(from.asked.headers, "idempotency-key-ttl"); ttl && !options.key_ttl)
    options.key_ttl = *ttl;
}

}  // namespace

reply trigger(state& in, const call& from) {
  const std::string task = from.argument(0);
  auto body = read_body(from, limits::trigger_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  if (!asked.is_object()) return refuse_body("Expected object, received " + std::string(type_word(asked)));
  auto options = read_options(find(asked, "options"), "options");
  if (const auto* odd = std::get_if<complaint>(&options)) return refuse_body(odd->text, odd->path);
  if (!from.who.may("trigger", {"tasks:" + task})) return forbidden();
  if (!spend_token(in, from.who))
    return refuse(422, "Cannot trigger " + task + " with a one-time use token as it has already been used.");

  asked_run order;
  order.where = from.who.where;
  order.task = task;
  order.payload = find(asked, "payload");
  order.options = std::move(std::get<trigger_options>(options));
  headers_as_options(from, order.options);
  const auto made = make_run(in, std::move(order));
  if (const auto* refused = std::get_if<refused_run>(&made)) return refuse(refused->status, refused->text);
  const auto& run = std::get<made_run>(made);
  const std::string id = in.runs.id_of(run.number);
  reply out = answer(200, {{"id", id}, {"isCached", run.cached}});
  add_token(in, from.who, out, json::array({"read:runs:" + id, "write:inputStreams:" + id}), true);
  return out;
}

}  // namespace triggerd::sandbox::handlers
