// Where log records go: a descriptor, or the journal. Neither ever waits for its reader; what nobody takes is counted
// and told later.
#pragma once

#include "log_record.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <functional>
#include <memory>
#include <string>

namespace triggerd {

// Gives a record's bytes away; false when they were not taken.
using byte_taker = std::function<bool(const std::string&)>;

// Writes only when the kernel takes a whole line at once.
byte_taker descriptor_taker(int descriptor);
// A datagram to journald's socket. sd_journal_sendv() would wait when journald does not read, and its socket cannot be
// told not to; the protocol is a documented one.
byte_taker journal_taker();
bool journal_is_there();
bool journal_reads(int descriptor);  // whether the descriptor is the one that $JOURNAL_STREAM names

// Between spdlog and a taker. A record travels through spdlog as one text.
class record_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  using form = std::string (*)(const log_record&);
  record_sink(form how, byte_taker to, const clock& time) : form_(how), take_(std::move(to)), clock_(time) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& what) override;
  void flush_() override {}

 private:
  void tell_lost();

  form form_;
  byte_taker take_;
  const clock& clock_;
  std::uint64_t lost_ = 0;
};

spdlog::level::level_enum spdlog_level(log_level level);
std::string pack(const log_record& what);  // for record_sink

}  // namespace triggerd
