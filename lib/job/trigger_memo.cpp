#include "job/trigger_memo.hpp"

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
  auto memo = nlohmann::json::object();
  if (locked) memo["locked"] = true;
  if (look) memo["look"] = true;
  if (doubt) memo["doubt"] = doubt->time_since_epoch().count();
  if (since) memo["since"] = since->time_since_epoch().count();
  if (lookups > 0) memo["lookups"] = lookups;
  return memo.empty() ? std::string() : memo.dump();
}

}  // namespace triggerd::job
