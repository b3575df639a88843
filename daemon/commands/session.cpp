// SessionTail, SessionAppend: what is said in a session of a target, and a word in it.
#include "api/sessions.hpp"
#include "base/limits.hpp"
#include "commands/command.hpp"
#include "commands/discretion.hpp"
#include "commands/operator_calls.hpp"
#include "control/codes.hpp"
#include "instance.hpp"

namespace triggerd::commands {

namespace {

constexpr std::size_t depth_around_data = 6;  // message, parameters, records, the record, its data, and the member json

api::session_channel channel_of(const json& asked, api::channel_side otherwise) {
  api::session_channel out;
  out.session = text_of(asked, "session");
  const std::string side = text_of(asked, "side");
  out.side = side.empty() ? otherwise : side == "in" ? api::channel_side::in : api::channel_side::out;
  return out;
}

struct place {
  target::access by;
  api::session_channel where;
  std::string after;  // the position of the record before the next one; empty: from the beginning
};

task<std::optional<place>> find_place(instance& here, control::call& asked, api::channel_side otherwise,
                                      purpose what_for) {
  api::session_channel where = channel_of(asked.parameters(), otherwise);
  if (where.session.empty()) {
    co_await refuse_parameter(asked, "session");
    co_return std::nullopt;
  }
  auto which = co_await find_target(here, asked);
  if (!which) co_return std::nullopt;
  auto by = co_await open_target(here, asked, std::move(which), what_for);
  if (!by) co_return std::nullopt;
  co_return place{std::move(*by), std::move(where), {}};
}

json show_record(const instance& here, const api::channel_record& what) {
  static const auto& drained = *spec::find_endpoint("sessions.records");
  const auto clean = [&here](std::string_view text) { return here.log->clean(text); };
  json out = json::object();
  if (what.seq) out["seq"] = *what.seq;
  put(out, "part", what.part);
  put(out, "control", what.control);
  for (const auto& [name, value] : what.headers)
    if (what.is_control()) out["headers"][clean(name)] = clean(value);
  out["data"] = json::object();
  if (what.is_control()) return out;
  if (control::depth_of(what.data) + depth_around_data > limits::control_depth)
    out["data"]["json"] = "[nests deeper than this socket carries]";
  else out["data"]["json"] = discreet(drained, json::parse(what.data, nullptr, false), clean);
  return out;
}

// One reply's worth of records, from `first` on; `first` becomes the number of the first that is left.
json page_of(const instance& here, const std::vector<api::channel_record>& all, std::size_t& first) {
  json out = new_reply();
  out["records"] = json::array();
  for (std::size_t bytes = 0; first < all.size() && bytes < limits::control_page; ++first) {
    json one = show_record(here, all[first]);
    bytes += one.dump(-1, ' ', false, json::error_handler_t::replace).size();
    out["records"].push_back(std::move(one));
  }
  return out;
}

// What is there after the place. Records that a slow reader did not take are read again.
task<api::answer<std::vector<api::channel_record>>> look(instance& here, control::call& asked, const place& at) {
  auto what = api::drain_channel(at.where, at.after);
  target::access by = at.by;
  return send(here, asked, std::move(by), std::move(what));
}

// Gives all records, page by page; false when the reader has gone or is too slow now.
task<bool> stream_all(instance& here, control::call& asked, place& at, const std::vector<api::channel_record>& all) {
  for (std::size_t next = 0; next < all.size();) {
    json page = page_of(here, all, next);
    const bool taken = co_await asked.stream(std::move(page));
    if (!taken) co_return false;
    at.after = all[next - 1].position;
  }
  co_return true;
}

json last_page() {
  json out = new_reply();
  out["records"] = json::array();
  return out;
}

task<> tail(instance& here, control::call& asked, place at, bool follow) {
  while (!asked.gone().requested()) {
    const auto found = co_await look(here, asked, at);
    if (!found) {
      api::failure why = found.error();
      co_await refuse(here, asked, std::move(why));
      co_return;
    }
    const bool all = co_await stream_all(here, asked, at, *found);
    if (all && !follow) break;
    co_await sleep_for(here.timers, here.clock, limits::session_look, asked.gone());
  }
  json last = last_page();
  co_await asked.reply(std::move(last));
}

task<> answer_once(instance& here, control::call& asked, place at) {
  const auto found = co_await look(here, asked, at);
  if (!found) {
    api::failure why = found.error();
    co_await refuse(here, asked, std::move(why));
    co_return;
  }
  std::size_t next = 0;
  json page = page_of(here, *found, next);
  if (next < found->size() && (*found)[next].seq) page["next_from"] = *(*found)[next].seq;
  co_await asked.reply(std::move(page));
}

task<> run_tail(instance& here, control::call& asked) {
  const auto from = number_of(asked.parameters(), "from");
  if (from && *from < 0) {
    co_await refuse_parameter(asked, "from");
    co_return;
  }
  auto found = co_await find_place(here, asked, api::channel_side::out, purpose::reading);
  if (!found) co_return;
  place at = std::move(*found);
  if (from && *from > 0) at.after = std::to_string(*from - 1);
  const auto follow = asked.parameters().find("follow");
  const bool to_the_end = follow == asked.parameters().end() || !follow->is_boolean() || !follow->get<bool>();
  if (asked.more()) co_await tail(here, asked, std::move(at), !to_the_end);
  else co_await answer_once(here, asked, std::move(at));
}

task<> run_append(instance& here, control::call& asked) {
  auto found = co_await find_place(here, asked, api::channel_side::in, purpose::writing);
  if (!found) co_return;
  const std::string record = text_of(asked.parameters(), "record");
  const std::string part = here.random.uuid_v4();
  auto what = api::append_record(found->where, record, part);
  if (!what) {
    error why = what.error();
    subject none;
    co_await refuse(here, asked, std::move(why), std::move(none));
    co_return;
  }
  target::access by = found->by;
  api::operation<api::channel_appended> errand = std::move(*what);
  const auto done = co_await send(here, asked, std::move(by), std::move(errand));
  if (!done) {
    api::failure why = done.error();
    co_await refuse(here, asked, std::move(why));
    co_return;
  }
  json out = new_reply();
  if (done->seq) out["seq"] = *done->seq;
  co_await asked.reply(std::move(out));
}

}  // namespace

const command session_tail{"SessionTail", control::role::operate, true, run_tail, "target session side"};
const command session_append{"SessionAppend", control::role::operate, true, run_append, "target session side"};

}  // namespace triggerd::commands
