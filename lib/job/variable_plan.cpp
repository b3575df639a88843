#include "job/variable_plan.hpp"

#include "base/limits.hpp"
#include "job/codes.hpp"

#include <algorithm>

namespace triggerd::job {

namespace {

class sync_planner {
 public:
  sync_planner(const wanted_variables& wanted, const sync_facts& facts) : wanted_(wanted), facts_(facts) {}

  sync_plan plan() {
    for (const auto& [name, wanted] : wanted_.values) take_wanted(name, wanted);
    for (const auto& [name, shown] : facts_.listed) take_unwanted(name);
    for (const auto& [name, owned] : facts_.owned) take_vanished(name);
    guard();
    explain();
    std::stable_sort(out_.lines.begin(), out_.lines.end(),
                     [](const auto& a, const auto& b) { return a.what < b.what; });
    return std::move(out_);
  }

 private:
  bool is_wanted(const std::string& name) const {
    return wanted_.values.contains(name) || wanted_.untouched.contains(name);
  }

  void line(std::string op, const std::string& name, std::string detail) {
    out_.lines.push_back({std::move(op), name, std::move(detail)});
  }

  void take_wanted(const std::string& name, const wanted_variable& wanted) {
    variable_verdict verdict = judge_wanted(name, wanted, facts_);
    auto& group = wanted.plain ? out_.plain : out_.secret;
    switch (verdict.what) {
      case verdict_kind::keep: ++kept_; return;
      case verdict_kind::leave: left_as_is_.push_back(name); return;
      case verdict_kind::confirm:
        if (!facts_.ours(name)) adopted_.push_back(name);
        out_.confirmed.push_back(name);
        return;
      case verdict_kind::add: group.push_back(name); return line("add", name, std::move(verdict.detail));
      case verdict_kind::recreate: out_.recreate.push_back(name); [[fallthrough]];
      case verdict_kind::change: ++changes_; [[fallthrough]];
      case verdict_kind::rewrite: group.push_back(name); return line("change", name, std::move(verdict.detail));
      case verdict_kind::conflict: conflicts_.push_back(name); break;
      case verdict_kind::foreign: foreign_.push_back(name); break;
      case verdict_kind::stuck: stuck_.push_back(name); break;
    }
    line("conflict", name, std::move(verdict.detail));
  }

  void take_unwanted(const std::string& name) {
    if (is_wanted(name)) return;
    switch (judge_unwanted(name, facts_)) {
      case prune_kind::stay: return;
      case prune_kind::left: unwanted_.push_back(name); return;
      case prune_kind::inherited:
        inherited_.push_back(name);
        return line("conflict", name, "inherited from the parent, so it cannot be deleted here");
      case prune_kind::remove: out_.remove.push_back(name); return line("remove", name, "");
    }
  }

  void take_vanished(const std::string& name) {
    if (facts_.ours(name) && !is_wanted(name) && !facts_.listed.contains(name)) out_.forgotten.push_back(name);
  }

  void problem(error_code code, std::string text) { out_.problems.push_back(fail(code, std::move(text))); }

  void guard() {
    const auto& rules = facts_.rules;
    if (!conflicts_.empty())
      problem(codes::conflict, told(conflicts_) +
                                   ": there with another value or secret, and not written by this job; "
                                   "let it take them over with --adopt NAME");
    if (!foreign_.empty()) problem(codes::conflict, told(foreign_) + ": owned by another job in this environment");
    if (!stuck_.empty()) problem(codes::guard, told(stuck_) + ": secret at the server and plain in the job");
    if (!inherited_.empty())
      problem(codes::guard, told(inherited_) +
                                ": inherited from the branch's parent, so prune = \"all\" cannot delete "
                                "them; list them in exclude, or use prune = \"managed\"");
    if (rules.max_delete && out_.remove.size() > *rules.max_delete)
      problem(codes::guard, std::to_string(out_.remove.size()) + " variables would be deleted, and max_delete allows " +
                                std::to_string(*rules.max_delete));
    const std::size_t changed = changes_ + out_.remove.size();
    const std::size_t current = current_count();
    if (rules.max_change && !rules.max_change->allows(changed, current))
      problem(codes::guard, std::to_string(changed) + " of " + std::to_string(current) +
                                " variables would be changed or deleted, which is more than max_change allows");
  }

  // Inherited variables are not this environment's.
  std::size_t current_count() const {
    return static_cast<std::size_t>(std::count_if(facts_.listed.begin(), facts_.listed.end(), [&](const auto& entry) {
      return facts_.ours(entry.first) || !facts_.looks_inherited(entry.first);
    }));
  }

  void note(const std::vector<std::string>& names, std::string_view text) {
    if (!names.empty()) out_.notes.push_back(told(names) + ": " + std::string(text));
  }

  void explain() {
    if (kept_ > 0) out_.notes.push_back(std::to_string(kept_) + " variables are as they should be");
    note(adopted_, "adopted, being as wanted already");
    note(left_as_is_, "not as wanted, and left: override = \"never\"");
    const std::vector<std::string> skipped(wanted_.untouched.begin(), wanted_.untouched.end());
    note(skipped, "empty in the sources, and left alone");
    note(unwanted_, facts_.rules.prune == spec::managed::never
                        ? "no longer in the sources, and left: prune = \"never\""
                        : "in no source, and left: excluded, perhaps inherited, or its write was interrupted");
  }

  const wanted_variables& wanted_;
  const sync_facts& facts_;
  sync_plan out_;
  std::size_t kept_ = 0;
  std::size_t changes_ = 0;
  std::vector<std::string> conflicts_, foreign_, stuck_, inherited_, adopted_, left_as_is_, unwanted_;
};

}  // namespace

sync_plan plan_sync(const wanted_variables& wanted, const sync_facts& facts) {
  return sync_planner(wanted, facts).plan();
}

}  // namespace triggerd::job
