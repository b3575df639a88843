// One request on one easy handle: its options, what curl's callbacks brought, and what it all means in the end.
#pragma once

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/timers.hpp"
#include "transport/classify.hpp"
#include "transport/curl_setup.hpp"
#include "transport/patience.hpp"
#include "transport/reply_head.hpp"

#include <curl/curl.h>

#include <array>
#include <functional>
#include <list>

namespace triggerd::transport {

class curl_exchange {
 public:
  curl_exchange(request what, const clock& time);
  ~curl_exchange();
  curl_exchange(const curl_exchange&) = delete;
  curl_exchange& operator=(const curl_exchange&) = delete;

  // Sets every option on a fresh or reset handle. The handle refers to this object until it is reset.
  result<> prepare(CURL* easy, const curl_options& options, const trust_store& trust);
  const request& asked() const { return what_; }
  // Reads what is left to read from the handle and decides. Once; `curl_code` counts for ending::by_curl only.
  void conclude(CURL* easy, ending how, CURLcode curl_code);
  // Fails before a handle was involved.
  void refuse(error why);

  // Calls `over` on the loop once it stood still for too long or was abandoned; until conclude().
  void watch(timers& queue, std::function<void(ending)> over);
  // Ends it soon, from the loop: also allowed within a callback of curl's.
  void abandon();

  bool left_a_lookup_behind() const { return looking_up_; }
  long connections() const { return connections_; }

  wakeup done;
  outcome out;

  // For the driver that runs it.
  std::function<void(int)> opened;  // called by curl with a socket made for this exchange
  CURL* handle = nullptr;
  std::list<curl_exchange*>::iterator place;

 private:
  void set_callbacks(option_setter& set);
  error failure_of(const verdict& seen, CURLcode curl_code) const;

  // The deadline moves with every byte; the timer follows when it fires, or when the deadline comes nearer.
  void keep_watch();
  void arm();
  std::size_t read_body(char* to, std::size_t room);
  bool take_body(std::string_view piece);
  bool take_head(std::string_view line);
  bool streams() const;
  bool may_start();
  void hear(std::string_view said);

  request what_;
  const clock& clock_;
  patience patience_;
  timers* queue_ = nullptr;
  std::function<void(ending)> over_;
  timer_id timer_ = 0;
  steady_time armed_for_{};
  steady_time started_;
  header_lines headers_;
  std::array<char, CURL_ERROR_SIZE> words_{};
  reply_head head_;
  evidence seen_;
  bool http2_ = false;  // asked for; whether it is spoken shows when the connection stands
  bool abandoned_ = false;
  bool looking_up_ = false;  // a lookup started, and neither failed nor led to a socket
  long connections_ = 0;
};

}  // namespace triggerd::transport
