#include "target_pauses.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::target_pauses {

namespace {

constexpr const char* space = "target-pauses";

}  // namespace

void remember(store::ledger& in, const std::vector<std::string>& targets, const std::string& by, instant now,
              std::optional<instant> until) {
  nlohmann::json value = {{"by", by}};
  if (until) value["until"] = text::iso(*until);
  for (const std::string& target : targets) {
    store::memory_row row;
    row.space = space;
    row.name = target;
    row.value = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    row.at = now;
    in.remember(row);
  }
}

void forget(store::ledger& in, const std::string& target) { in.forget(space, target); }

task<result<>> restore(store::ledger& from, target::registry& to, instant now) {
  std::string after;
  for (;;) {
    std::string where = space;
    std::string begin = after;
    const auto rows = co_await from.recall_all(std::move(where), std::move(begin), limits::recall_names);
    if (!rows) co_return rows.error();
    for (const store::memory_row& row : *rows) {
      after = row.name;
      const auto value = nlohmann::json::parse(row.value, nullptr, false);
      if (!value.is_object()) continue;
      std::optional<instant> until;
      if (value.contains("until")) until = text::parse_iso(value.value("until", std::string()));
      if (until && *until <= now) forget(from, row.name);
      else to.pause(std::vector<std::string>(1, row.name), value.value("by", std::string("someone")), until);
    }
    if (rows->size() < limits::recall_names) co_return result<>();
  }
}

}  // namespace triggerd::target_pauses
