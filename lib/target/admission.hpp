// Who may send next. Requests queue per bucket; inside a bucket the jobs take turns, inside a job its targets do. A bucket
// with nothing left, a target that is paused or has its fill on the wire holds back nobody but its own. Pure.
#pragma once

#include "target/buckets.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace triggerd::target {

struct errand {
  std::string target;
  std::string lane;
  std::shared_ptr<subject> payer;
  spec::rate_limiter limiter = spec::rate_limiter::none;
  std::uint64_t batch_items = 0;
};

// The right to send one request, given back with release().
struct permit {
  errand what;
  std::optional<meter::charge> request, items;
};

class admission {
 public:
  using number = std::uint64_t;

  explicit admission(std::size_t most_in_flight) : most_(most_in_flight) {}

  void set_cap(const std::string& target, std::size_t most);
  void forget_cap(
      const std::string& target);  // of a target that is gone; later requests of it have no cap of their own
  void pause(const std::string& target);
  void resume(const std::string& target);

  number add(errand what);
  bool remove(number which);  // false when it does not wait (any more)

  struct grant {
    number who;
    permit given;
  };
  // Takes what may go now from its queues, at most limits::admissions_per_turn; then more() says whether to come again.
  std::vector<grant> pump(steady_time now);
  bool more() const { return more_; }
  std::optional<steady_time> wake() const;  // when a waiting bucket may have tokens again

  void release(const permit& of);  // after its meters were settled
  void unite(const buckets::merger& what);
  void stir_all();  // ceilings changed: every queue is worth a look

  std::size_t in_flight() const { return in_flight_; }
  std::size_t in_flight(const std::string& target) const;
  std::size_t queued() const { return places_.size(); }
  std::size_t queued(const std::string& target) const;

 private:
  enum class line { api, management, batch, free };
  using key = std::pair<std::uint64_t, line>;  // subject, line
  using waiting = std::map<number, errand>;
  struct lane {
    std::map<std::string, waiting> targets;
    std::string last;  // whose turn it was
  };
  struct queue {
    std::map<std::string, lane> lanes;
    std::map<std::string, std::size_t> targets;  // in any lane, how often: many jobs may wait for one that is full
    std::string last;
    std::optional<steady_time> wake;
  };
  struct gauge {
    std::optional<std::size_t> cap;
    std::size_t in_flight = 0;
    bool paused = false;
    std::map<key, std::size_t> queues;  // where it waits, how often
    bool blank() const { return !cap && in_flight == 0 && !paused && queues.empty(); }
  };
  using gauge_map = std::map<std::string, gauge>;
  struct place {  // of one that waits, so that nothing is looked for by its name again
    std::map<key, queue>::iterator in;
    std::map<std::string, lane>::iterator in_lane;
    std::map<std::string, waiting>::iterator in_target;
    waiting::iterator what;
    std::map<std::string, std::size_t>::iterator of_target;
    gauge_map::iterator its_gauge;
    std::map<key, std::size_t>::iterator of_gauge;
  };
  using place_map = std::map<number, place>;

  static key key_of(const errand& what);
  void put(number who, errand what);
  errand take_out(place_map::iterator who);
  void stir(const key& which);  // worth a look
  void stir(const gauge& of);   // wherever its target waits
  void stir_subject(std::uint64_t subject);
  void sleep(const key& which, std::optional<steady_time> until);
  void tidy(gauge_map::iterator target);
  bool may_go(const std::string& target) const;
  bool any_may_go(const queue& of) const;
  std::optional<number> first_in_turn(const queue& of) const;
  std::optional<grant> visit(const key& which, steady_time now);

  std::size_t most_;
  std::size_t in_flight_ = 0;
  number last_number_ = 0;
  std::map<key, queue> queues_;
  place_map places_;
  gauge_map gauges_;
  std::set<key> stirred_;                           // queues that may have something to send
  std::set<std::pair<steady_time, key>> sleeping_;  // queues that wait for tokens
  key last_{};
  bool more_ = false;
};

}  // namespace triggerd::target
