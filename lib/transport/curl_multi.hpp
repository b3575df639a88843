// One curl multi handle: the connections of one target while it is in use.
#pragma once

#include "base/timers.hpp"
#include "transport/curl_exchange.hpp"
#include "transport/curl_loop.hpp"
#include "transport/idle_connections.hpp"

#include <curl/curl.h>

#include <functional>
#include <list>
#include <optional>
#include <unordered_set>
#include <vector>

namespace triggerd::transport {

class curl_multi {
 public:
  // `retire` is called when the handle should go: idle for long, its place needed, or broken. The owner then destroys it,
  // within the call if it likes.
  curl_multi(curl_loop& loop, const curl_options& options, std::function<void()> retire);
  ~curl_multi();  // ends every exchange as closed
  curl_multi(const curl_multi&) = delete;
  curl_multi& operator=(const curl_multi&) = delete;

  // Runs it until its `done` is set. The exchange must live so long. It may be over at once.
  void start(curl_exchange& exchange, const curl_options& options, const trust_store& trust);
  void retire();

  // From the loop: a socket of ours has something, or what curl wanted to do soon is due.
  void ready(int descriptor, int what);
  void timed_out();

 private:
  static int on_socket(CURL*, curl_socket_t descriptor, int what, void* me, void*) noexcept;
  static int on_close(void* me, curl_socket_t descriptor) noexcept;
  static int on_timer(CURLM*, long milliseconds, void* me) noexcept;

  CURL* take_handle();
  void keep_handle(CURL* handle, bool went_well);
  void act(int descriptor, int what);
  void collect();
  void finish(curl_exchange& exchange, ending how, CURLcode curl_code);
  void let_wait(CURL* handle);
  void fail_all(ending how, CURLcode curl_code);
  void broke(const char* why);
  void settle();  // idle from now on, if nothing runs
  void set_busy();

  curl_loop& loop_;
  std::function<void()> retire_;
  CURLM* multi_;
  timer_id timer_ = 0;
  std::optional<curl_loop::idle_place> idle_;
  std::list<curl_exchange*> running_;  // in order of start
  std::unordered_set<int> ours_;       // sockets that curl opened and closes through us
  idle_connections waiting_;
  std::vector<CURL*> spare_;  // they keep TLS sessions, and sparing their set-up is measurable
};

}  // namespace triggerd::transport
