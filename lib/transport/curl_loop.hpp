// What all targets' curl handles share: the event loop, and the bounds that hold for the process as a whole.
//
// The sockets of every handle are in one epoll set of our own, and that set is one descriptor on the Asio loop: measured
// at 38 against 51 us of CPU per trigger with a descriptor per socket, and the kernel forgets closed sockets by itself.
// The set is level-triggered; each wake handles what is ready, up to a bound, so that the loop's other work has its turn.
#pragma once

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/timers.hpp"
#include "transport/trust.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

namespace triggerd::transport {

class curl_multi;

class curl_loop {
 public:
  struct settings {
    std::size_t most_clients = 256;  // live handles; each holds descriptors, so derive it from RLIMIT_NOFILE
  };

  // Starts libcurl on the first call: call it on the main thread. Logs a warning for a release known to be bad.
  // The program ignores SIGPIPE: OpenSSL writes to connections that are gone.
  // Fails with transport.unusable or base.io. Clock, timers and log must outlive the loop.
  static result<std::unique_ptr<curl_loop>> make(asio::io_context& loop, const clock& time, timers& timers, log& log,
                                                 settings bounds);
  ~curl_loop();  // after every transport on it
  curl_loop(const curl_loop&) = delete;
  curl_loop& operator=(const curl_loop&) = delete;

  // Ends the wait on the Asio loop, so that it can run dry. After every transport is closed.
  void close();

  std::size_t clients() const { return clients_; }  // live handles now
  // Lookup threads that curl left behind in the last minute: they end by themselves, bounded by the system resolver.
  std::size_t lookups_left_behind();
  // True when so many hang that no new exchange may start.
  bool lookups_are_stuck();

  // --- for curl_multi and curl_transport ---
  const clock& time() const { return clock_; }
  timers& timer_queue() { return timers_; }
  log& journal() { return log_; }
  result<trust_store> system_trust();  // read once, at the first need

  // Makes room for one more handle, by retiring the one idle the longest if need be. False when all are busy.
  bool make_room();
  void joined() { ++clients_; }
  void left(curl_multi& client);
  struct idle_client {
    curl_multi* client;
    steady_time since;
  };
  using idle_place = std::list<idle_client>::iterator;
  idle_place became_idle(curl_multi& client);  // retires it when it stays so for long
  void became_busy(idle_place place);
  void left_a_lookup_behind();
  void act_soon(curl_multi& client);  // in the loop's next turn, together with all others that ask until then

  // Watches for what curl asks (CURL_POLL_*, not REMOVE). False when the kernel refuses: the handle is then broken.
  bool watch(curl_multi& client, int descriptor, int what);
  bool watches(const curl_multi& client, int descriptor);
  // Not watched any more.
  void forget(curl_multi& client, int descriptor);
  // The same for a while, and no matter for the kernel: for a socket that is sure to be forgotten before it is closed.
  void rest(curl_multi& client, int descriptor);

 private:
  struct watched {
    curl_multi* owner;
    std::uint32_t generation;
    std::uint32_t events;
    bool resting = false;
  };

  curl_loop(asio::io_context& loop, const clock& time, timers& timers, log& log, settings bounds, int set);
  bool enter(int descriptor, const watched& entry);
  watched* of(const curl_multi& client, int descriptor);
  void wait();
  void turn();
  void post_due();
  void act_on_due();
  void watch_idle();
  void dispatch(std::uint64_t tag, std::uint32_t events);

  const clock& clock_;
  timers& timers_;
  log& log_;
  settings bounds_;
  asio::io_context& asio_loop_;
  asio::posix::stream_descriptor set_;
  bool waiting_ = false;
  std::unordered_map<int, watched> sockets_;
  std::uint32_t generation_ = 0;
  std::size_t clients_ = 0;
  std::list<idle_client> idle_;  // the longest idle first
  timer_id idle_timer_ = 0;
  std::vector<curl_multi*> due_;  // null: gone meanwhile
  std::deque<steady_time> lookups_;
  trust_store system_trust_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace triggerd::transport
