#include "sandbox/effects.hpp"

#include "base/text.hpp"
#include "sandbox/json_text.hpp"

#include <array>

namespace triggerd::sandbox {

namespace {

constexpr std::array<std::string_view, effect_kinds> names = {
    "run-created",  "run-cached",       "replay-created",    "run-finished",    "run-cancelled", "batch-created",
    "batch-items",  "batch-sealed",     "batch-item-failed", "bulk-created",    "bulk-finished", "bulk-aborted",
    "variable-set", "variable-deleted", "branch-created",    "branch-archived", "key-reset"};

}  // namespace

std::string_view name_of(effect_kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::string to_json(const effect& e) {
  json out = {{"seq", e.sequence}, {"at", text::iso(e.at)}, {"kind", name_of(e.kind)}};
  if (e.where != nullptr) {
    out["environment"] = e.where->id;
    out["place"] = e.where->path;
  }
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  add("run", e.run);
  add("original", e.original);
  add("task", e.task);
  add("status", e.status);
  add("key", e.key);
  add("batch", e.batch);
  add("bulk", e.bulk);
  add("name", e.name);
  add("sha256", e.digest);
  if (e.index) out["index"] = *e.index;
  if (e.count > 0) out["count"] = e.count;
  if (e.tags != nullptr && !e.tags->empty()) out["tags"] = *e.tags;
  return dump_json(out);
}

void effect_log::append(effect e) {
  e.sequence = ++last_;
  counts_.resize(names.size());
  ++counts_[static_cast<std::size_t>(e.kind)];
  if (sees_) sees_(e);
  all_.push_back(std::move(e));
  if (all_.size() > keep_) all_.pop_front();
}

std::size_t effect_log::count(effect_kind kind) const {
  return counts_.empty() ? 0 : counts_[static_cast<std::size_t>(kind)];
}

}  // namespace triggerd::sandbox
