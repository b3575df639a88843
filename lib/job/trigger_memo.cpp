#include "job/trigger_memo.hpp"

#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

std::optional<instant> kept_instant(const nlohmann::json& memo, const char* name) {
  const auto found = memo.find(name);
  if (found == memo.end() || !found->is_number_integer()) return std::nullopt;
  return instant(milliseconds(found->get<std::int64_t>()));
}

}  // namespace

trigger_memo trigger_memo::read(const std::string& text) {
  trigger_memo out;
  if (text.empty()) return out;  // most are
  const auto memo = nlohmann::json::parse(text, nullptr, false);
  if (!memo.is_object()) return out;
  out.locked = memo.value("locked", false);
  out.look = memo.value("look", false);
  out.doubt = kept_instant(memo, "doubt");
  out.since = kept_instant(memo, "since");
  out.lookups = memo.value("lookups", 0);
  return out;
}

std::string trigger_memo::write() const {
  json_members memo;
  if (doubt) memo.number("doubt", doubt->time_since_epoch().count());
  if (locked) memo.flag("locked", true);
  if (look) memo.flag("look", true);
  if (lookups > 0) memo.number("lookups", lookups);
  if (since) memo.number("since", since->time_since_epoch().count());
  return memo.empty() ? std::string() : memo.take();
}

}  // namespace triggerd::job
