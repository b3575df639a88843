// How long an exchange may stand still, phase by phase. Pure: time comes in, deadlines go out.
//
// curl's own limits on speed count the wait for a reply as a stall and know whole seconds only, and its timers have hung
// in releases; so every exchange always has a deadline of ours.
#pragma once

#include "base/clock.hpp"

#include <optional>

namespace triggerd::transport {

class patience {
 public:
  enum class phase { connecting, sending, waiting, receiving };
  struct times {
    milliseconds connect;
    milliseconds first_byte;
    milliseconds stall;
    std::optional<milliseconds> reply;  // none: it may go on for ever
  };

  patience(times allowed, steady_time now) : allowed_(allowed), last_(now) {}

  void began(steady_time now, bool has_body);  // curl starts to send
  void sent_some(steady_time now, bool all);   // a piece of the request's body, and whether it was the last
  void interim(steady_time now);               // a line of a head that is not whole
  void received(steady_time now);              // the reply's head is whole, or a piece of its body

  phase now_in() const { return phase_; }
  steady_time deadline() const;
  bool drips() const;  // the deadline is that of the whole reply: bytes do come, and it does not end

 private:
  steady_time next_byte() const;

  times allowed_;
  phase phase_ = phase::connecting;
  steady_time last_;
  std::optional<steady_time> first_;  // byte of the reply
};

}  // namespace triggerd::transport
