// Call: any endpoint of the API by its id, as an administrator asks for it. Keys in the reply stay here.
#include "api/any_call.hpp"
#include "base/limits.hpp"
#include "commands/command.hpp"
#include "commands/discretion.hpp"
#include "commands/operator_calls.hpp"
#include "control/codes.hpp"
#include "instance.hpp"

#include <algorithm>

namespace triggerd::commands {

namespace {

constexpr std::size_t depth_around_reply = 3;  // the message, its parameters, and their member "reply"

// Parts of the path that the target's own configuration tells.
std::optional<std::string> part_of(const spec::target_spec& target, std::string_view name) {
  if (name == "projectRef") return target.project;
  if (name == "slug" || name == "env") return std::string(spec::slug(target.env));
  return std::nullopt;
}

// What was given, and what the target tells. A slug is its environment's only below a project: prompts have theirs.
api::parameters parameters_for(const spec::endpoint& to, const json& asked, const spec::target_spec& target) {
  api::parameters out;
  for (auto& [name, value] : texts_of(asked, "parameters")) out.emplace_back(name, value);
  const auto names = api::path_names(to);
  if (std::find(names.begin(), names.end(), "projectRef") == names.end()) return out;
  for (const auto name : names) {
    const bool given = std::any_of(out.begin(), out.end(), [name](const auto& one) { return one.first == name; });
    if (given) continue;
    if (auto known = part_of(target, name)) out.emplace_back(name, std::move(*known));
  }
  return out;
}

result<api::operation<api::any_reply>> operation_for(const spec::endpoint& to, const json& asked,
                                                     const spec::target_spec& target) {
  std::shared_ptr<const std::string> body;
  if (auto text = text_of(asked, "body"); !text.empty()) body = std::make_shared<const std::string>(std::move(text));
  const api::parameters given = parameters_for(to, asked, target);
  auto made = api::any_call(to.id, given, std::move(body));
  if (made) made->what.secret_reply = true;
  return made;
}

// The reply as the socket carries it. The call is over by then, whatever becomes of its reply.
result<json> reply_of(const instance& here, const spec::endpoint& to, api::any_reply got) {
  json out = new_reply();
  out["status"] = got.status;
  put(out, "content_type", got.content_type);
  out["reply"] = json::object();
  if (got.body.size() > limits::control_backlog_bytes)
    return fail(control::codes::too_large, "the server did it, but its reply of " + std::to_string(got.body.size()) +
                                               " bytes is larger than this socket carries");
  if (control::depth_of(got.body) + depth_around_reply > limits::control_depth)
    return fail(control::codes::too_large, "the server did it, but its reply nests deeper than this socket carries");
  const auto clean = [&here](std::string_view text) { return here.log->clean(text); };
  const json value = json::parse(got.body, nullptr, false);
  if (!value.is_discarded()) out["reply"]["json"] = discreet(to, value, clean);
  else if (!got.body.empty()) out["reply"]["text"] = clean(got.body);
  wipe(got.body);
  return out;
}

task<> run_call(instance& here, control::call& asked) {
  std::string id = text_of(asked.parameters(), "endpoint");
  const auto* to = spec::find_endpoint(id);
  if (to == nullptr) {
    co_await refuse_endpoint(asked, std::move(id));
    co_return;
  }
  if (to->style == spec::exchange_style::events) {
    co_await refuse_argument(asked, id + " answers with events without an end; a call wants one reply");
    co_return;
  }
  auto which = co_await find_target(here, asked);
  if (!which) co_return;
  auto what = operation_for(*to, asked.parameters(), which->spec());
  if (!what) {
    error why = what.error();
    subject none;
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  // One that is refused without a byte needs no proof of whose key it is.
  auto by = co_await open_target(here, asked, which, purpose::reading);
  if (by && what->what.mutates() && spec::may_call(by->reads_with(), *to))
    by = co_await open_target(here, asked, which, purpose::writing);
  if (!by) co_return;
  target::access through = std::move(*by);
  api::operation<api::any_reply> errand = std::move(*what);
  auto got = co_await send(here, asked, std::move(through), std::move(errand));
  if (!got) {
    api::failure why = got.error();
    co_await refuse(here, asked, std::move(why));
    co_return;
  }
  auto out = reply_of(here, *to, std::move(*got));
  if (!out) {
    error why = out.error();
    subject none;
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  json shown = std::move(*out);
  co_await asked.reply(std::move(shown));
}

}  // namespace

const command call{"Call", control::role::admin, true, run_call, "target endpoint"};

}  // namespace triggerd::commands
