// What really happened in the world, in order: a test counts here what a client only believes.
#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::sandbox {

enum class effect_kind {
  run_created,     // by a trigger or a batch item
  run_cached,      // a trigger or item that met its idempotency key
  replay_created,  // `original` names the replayed run
  run_finished,    // `status`
  run_cancelled,
  batch_created,  // `count` runs announced
  batch_items,    // `count` items newly accepted
  batch_sealed,
  batch_item_failed,  // `index`; no run was made, or one that failed at once
  bulk_created,       // `count` runs selected, `name`
  bulk_finished,
  bulk_aborted,
  variable_set,
  variable_deleted,
  branch_created,
  branch_archived,
  key_reset,
};
constexpr std::size_t effect_kinds = 17;
std::string_view name_of(effect_kind kind);  // "run-created"

struct place {
  std::string id;    // of the environment
  std::string path;  // "proj_x/staging", "proj_x/preview/feat/checkout"
};

struct effect {
  std::uint64_t sequence = 0;  // from 1
  instant at{};
  effect_kind kind{};
  std::shared_ptr<const place> where;
  std::string run;
  std::string original;
  std::string task;
  std::string status;
  std::string key;  // idempotency key as sent
  std::string batch;
  std::optional<std::size_t> index;
  std::string bulk;
  std::string name;    // of the bulk action or variable
  std::string digest;  // sha256 of the variable's value, hex; the value itself is never kept here
  std::size_t count = 0;
  std::shared_ptr<const std::vector<std::string>> tags;
};

// One line of JSON without its newline.
std::string to_json(const effect& e);

class effect_log {
 public:
  explicit effect_log(std::size_t keep = limits::sandbox_effects) : keep_(keep) {}

  void append(effect e);  // numbers it
  std::uint64_t last() const { return last_; }
  // Oldest first. Beyond `keep` the oldest are dropped: the first one kept has the number first().
  const std::deque<effect>& all() const { return all_; }
  std::uint64_t first() const { return all_.empty() ? last_ + 1 : all_.front().sequence; }
  std::size_t count(effect_kind kind) const;
  void on_append(std::function<void(const effect&)> sees) { sees_ = std::move(sees); }

 private:
  std::size_t keep_;
  std::uint64_t last_ = 0;
  std::deque<effect> all_;
  std::vector<std::size_t> counts_;
  std::function<void(const effect&)> sees_;
};

}  // namespace triggerd::sandbox
