// The instants a schedule names: cron, every and at, through time zones and their gaps and folds. Pure.
//
// A cron expression speaks of local time. Local times inside a gap all fall on the instant right after it, once, or are
// skipped. A local time that comes twice is taken the first time, the second time or both times: with `first` or
// `second` also a frequent schedule ("*/5 * * * *") rests during the other pass. Where it must not, use `both` or
// `every`.
#pragma once

#include "base/result.hpp"
#include "spec/job_spec.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::spec {

class schedule {
 public:
  // Compiles; complains about the cron text, an unknown zone, a cron text that never comes true, and more than one of
  // cron, every and at. An empty time zone is UTC; on_start names no instant.
  static result<schedule> compile(const schedule_spec& spec, std::string_view job);
  schedule(schedule&&) noexcept;
  schedule& operator=(schedule&&) noexcept;
  ~schedule();

  // The first nominal instant strictly after `after`; nullopt when there is none. Jitter is not in it.
  std::optional<instant> next(instant after) const;
  // Nominal instant plus this job's stable jitter: a hash of job name and instant, in [0, jitter].
  instant with_jitter(instant nominal) const;
  // What a start, or a clock that jumped forward, should still fire: nominal instants in (last, now] after the catch-up
  // policy, its window and its cap, oldest first. Over the cap the newest are kept. `skipped`
  // counts the rest; for cron it stops counting at limits::catch_up_counted.
  struct missed {
    std::vector<instant> fire;
    std::uint64_t skipped = 0;
  };
  missed catch_up(instant last, instant now) const;
  // Tells it from another schedule, also across restarts: 16 hex digits.
  std::string_view mark() const;

 private:
  struct rules;
  explicit schedule(std::unique_ptr<rules> r);
  std::unique_ptr<rules> rules_;
};

}  // namespace triggerd::spec
