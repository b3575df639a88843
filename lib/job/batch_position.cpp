#include "job/batch_position.hpp"

#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "job/codes.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

batch_position batch_position::read(const std::string& text) {
  batch_position out;
  const auto stored = nlohmann::json::parse(text, nullptr, false);
  if (!stored.is_object()) return out;
  out.at = stored.value("at", std::uint64_t{0});
  out.told = stored.value("told", out.at);
  out.rejected = stored.value("rejected", std::uint64_t{0});
  out.stamp = stored.value("stamp", std::string());
  return out;
}

std::string batch_position::write() const {
  return json_members().count("at", at).count("rejected", rejected).text("stamp", stamp).count("told", told).take();
}

result<> check_rejects(const std::optional<spec::share>& most, std::uint64_t rejected, std::uint64_t seen, bool at_end,
                       const std::string& last_reason) {
  if (!most || rejected == 0) return {};
  const bool is_percentage = most->percent >= 0;
  if (is_percentage && !at_end && seen < limits::share_from) return {};
  if (most->allows(rejected, seen)) return {};
  std::string text = std::to_string(rejected) + " of " + std::to_string(seen) +
                     " items were rejected, which is more than rejects.max allows";
  if (!last_reason.empty()) text += "; the last one: " + last_reason;
  return fail(codes::rejects, std::move(text));
}

}  // namespace triggerd::job
