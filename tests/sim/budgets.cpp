#include "sim/budgets.hpp"

#include "sim/scenario.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sim {

namespace {

constexpr double slack = 2;  // what travelled slowly, and rounding

std::string without_branch(const std::string& path) { return path.substr(0, path.find('/', path.find('/') + 1)); }

const spec::limit_spec* limit_of(const std::string& environment) {
  for (const auto& target : settings().targets) {
    if (without_branch(path_of(*target)) != environment) continue;
    for (const auto& limit : settings().limits)
      if (limit.name == target->limit) return &limit;
  }
  return nullptr;
}

double announced(const std::string& body) {
  constexpr std::string_view member = "\"runCount\":";
  const auto at = body.find(member);
  double count = 0;
  if (at != std::string::npos) std::from_chars(body.data() + at + member.size(), body.data() + body.size(), count);
  return count;
}

}  // namespace

void budgets::arrived(const std::string& environment, const sandbox::request& asked, steady_time now) {
  const auto path = std::string_view(asked.target).substr(0, asked.target.find('?'));
  const std::string subject = without_branch(environment);
  const spec::limit_spec* limit = limit_of(subject);
  if (!limit) return;
  const bool creates = asked.method == "POST" && path.ends_with("/batches");
  const bool metered = creates || path.ends_with("/trigger") || path.find("/runs") != std::string_view::npos;
  if (metered) take(subject + " requests", 1, limit->requests, limit->burst, now);
  if (creates) take(subject + " batch items", announced(asked.body), limit->batch_items, limit->batch_burst, now);
}

void budgets::take(const std::string& name, double cost, const std::optional<spec::rate>& rate, double burst,
                   steady_time now) {
  if (!rate) return;
  bucket& of = spent_[name];
  const std::chrono::duration<double> passed = now - of.at;
  of.level = std::max(0.0, of.level - passed.count() * rate->per_second()) + cost;
  of.at = now;
  if (of.level > burst + slack) exceeded_.insert("more arrived than the budget of " + name + " allows");
}

}  // namespace triggerd::sim
