// The driver of admission: requests wait here, woken by a reply, by the one timer, by a resume, or by their cancellation.
#pragma once

#include "base/async.hpp"
#include "base/result.hpp"
#include "target/admission.hpp"
#include "target/reply_words.hpp"

namespace triggerd::target {

class gate {
 public:
  gate(timers& timers, const clock& time, std::size_t most_in_flight);
  ~gate();
  gate(const gate&) = delete;
  gate& operator=(const gate&) = delete;

  // base.cancelled when `cancel` ends the wait, base.stopped once the gate is closed.
  task<result<permit>> enter(errand what, cancellation& cancel);
  void leave(const permit& of, const reply_words& learnt);

  void set_cap(const std::string& target, std::size_t most);
  void forget_cap(const std::string& target);
  void pause(const std::string& target) { queue_.pause(target); }
  void resume(const std::string& target);
  void unite(const buckets::merger& what);
  void refit();  // ceilings have changed

  void close();  // everyone waiting gives up, later ones at once
  bool closed() const { return closed_; }
  std::size_t in_flight() const { return queue_.in_flight(); }
  std::size_t in_flight(const std::string& target) const { return queue_.in_flight(target); }
  std::size_t queued() const { return queue_.queued(); }
  std::size_t queued(const std::string& target) const { return queue_.queued(target); }

 private:
  struct waiter {
    wakeup woken;
    std::optional<permit> given;
  };
  moment now() const { return {clock_.steady(), clock_.now()}; }
  void pump();
  void rearm();
  void settle(const permit& of, const reply_words& learnt);

  timers& timers_;
  const clock& clock_;
  admission queue_;
  std::map<admission::number, waiter*> waiting_;
  timer_id timer_ = 0;
  std::optional<steady_time> armed_for_;
  bool closed_ = false;
};

}  // namespace triggerd::target
