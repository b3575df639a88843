#include "sandbox/faults.hpp"

#include "base/text.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/dice.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

reply made_up(const fault& of, instant now) {
  if (of.status == 429) return too_many_requests(750, 1.0, (now + seconds(1)).time_since_epoch().count());
  if (of.what == fault_kind::wrong_json)
    return {200, {{"content-type", "application/json; charset=utf-8"}}, "{\"id\": "};
  return refuse(of.status, "Something went wrong");
}

}  // namespace

fault_plan::fault_plan(std::vector<fault_rule> rules, std::uint64_t seed, instant start) : seed_(seed) {
  replace(std::move(rules), start);
}

void fault_plan::replace(std::vector<fault_rule> rules, instant start) {
  rules_ = std::move(rules);
  seen_.assign(rules_.size(), 0);
  fired_.assign(rules_.size(), 0);
  start_ = start;
}

bool fault_plan::matches(const fault_rule& rule, const request& asked, std::string_view environment,
                         instant now) const {
  const auto path = std::string_view(asked.target).substr(0, asked.target.find('?'));
  return (rule.method.empty() || rule.method == asked.method) &&
         (rule.path.empty() || text::glob_match(rule.path, path)) &&
         (rule.environment.empty() || text::glob_match(rule.environment, environment)) && now >= start_ + rule.from &&
         (rule.until.count() == 0 || now < start_ + rule.until);
}

fault fault_plan::decide(const request& asked, std::string_view environment, instant now) {
  if (!enabled_) return {};
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const fault_rule& rule = rules_[i];
    if (rule.most > 0 && fired_[i] >= rule.most) continue;
    if (!matches(rule, asked, environment, now)) continue;
    const std::size_t nth = seen_[i]++;
    if (nth < rule.skip) continue;
    dice draws(mix(mix(seed_, rule.name), mix(i, nth)));
    if (draws.unit() >= rule.probability) continue;
    ++fired_[i];
    const bool always = rule.what == fault_kind::slow || rule.what == fault_kind::truncate ||
                        rule.what == fault_kind::delay || rule.what == fault_kind::none;
    return {rule.what, rule.effect || always, rule.status, rule.late, rule.bytes_per_second, draws.next()};
  }
  return {};
}

delivery deliver(model& model, fault_plan& plan, const request& asked, instant now) {
  const fault trouble = plan.decide(asked, model.environment_of(asked), now);
  delivery out;
  out.handled = trouble.effect;
  if (trouble.effect) out.answer = model.handle(asked, now);
  switch (trouble.what) {
    case fault_kind::none: break;
    case fault_kind::status:
    case fault_kind::wrong_json: out.answer = made_up(trouble, now); break;
    case fault_kind::reset: out.how = delivery::ending::reset; break;
    case fault_kind::stall: out.how = delivery::ending::stall; break;
    case fault_kind::slow: out.bytes_per_second = std::max<std::size_t>(1, trouble.bytes_per_second); break;
    case fault_kind::delay: out.late = trouble.late; break;
    case fault_kind::truncate:
      out.how = delivery::ending::cut;
      out.cut_after = out.answer.body.empty() ? 0 : trouble.draw % out.answer.body.size();
      break;
  }
  return out;
}

}  // namespace triggerd::sandbox
