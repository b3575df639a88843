#include "job/scope.hpp"

#include "base/text.hpp"
#include "spec/zone.hpp"

#include <cctype>

namespace triggerd::job {

namespace {

nlohmann::json texts(const std::map<std::string, std::string>& of) {
  auto out = nlohmann::json::object();
  for (const auto& [name, value] : of) out[name] = value;
  return out;
}

std::string local_date(instant at, const std::string& timezone) {
  const auto zone = spec::zone::find(timezone.empty() ? "UTC" : timezone);
  return zone ? zone->date(at) : text::iso(at).substr(0, 10);
}

nlohmann::json stored_vars(const std::string& fire_vars) {
  auto stored = nlohmann::json::parse(fire_vars, nullptr, false);
  if (!stored.is_object() || !stored.contains("vars")) return nlohmann::json::object();
  return std::move(stored["vars"]);
}

}  // namespace

std::string branch_slug(std::string_view branch) {
  constexpr std::size_t most = 63;  // of a DNS label, which slugs usually become
  std::string out;
  for (const char c : text::lower(branch)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) out += c;
    else if (!out.empty() && out.back() != '-') out += '-';
    if (out.size() == most) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

scope::scope(const leg_view& leg) {
  const auto& target = leg.target;
  values_["target"] = {{"name", target.name},
                       {"project", target.project},
                       {"environment", std::string(spec::slug(target.env))},
                       {"branch", target.branch},
                       {"branch_slug", branch_slug(target.branch)},
                       {"labels", texts(target.labels)},
                       {"vars", texts(target.vars)}};
  values_["job"] = {{"name", leg.job.name}};
  values_["fire"] = {{"id", leg.fire.id},
                     {"at", text::iso(leg.fire.due)},
                     {"date", local_date(leg.fire.due, leg.job.schedule.timezone)},
                     {"attempt", leg.attempt}};
  values_["vars"] = stored_vars(leg.fire.vars);
}

void scope::set_item(const nlohmann::json& item, std::uint64_t line) {
  item_ = &item;
  if (line_ == nullptr) line_ = &values_["line"];
  *line_ = line;
}

spec::name_lookup scope::names() const {
  return [this](std::string_view name) -> const nlohmann::json* {
    const nlohmann::json* at = &values_;
    for (std::size_t begin = 0; begin <= name.size();) {
      const std::size_t dot = std::min(name.find('.', begin), name.size());
      const auto part = name.substr(begin, dot - begin);
      if (begin == 0 && part == "item") {
        at = item_;
      } else if (at->is_object()) {
        const auto member = at->find(part);
        at = member == at->end() ? nullptr : &*member;
      } else {
        at = nullptr;
      }
      if (at == nullptr) return nullptr;
      begin = dot + 1;
    }
    return at;
  };
}

}  // namespace triggerd::job
