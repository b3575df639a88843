// One call as a verb sees it, and the verb itself.
#pragma once

#include "base/async.hpp"
#include "base/log.hpp"
#include "control/interface.hpp"
#include "control/message.hpp"
#include "control/peer.hpp"

#include <functional>
#include <string>

namespace triggerd::control {

// Where the replies of a connection go. A session is one; tests have their own.
class outlet {
 public:
  virtual ~outlet() = default;
  // Queues a message. False when it was not queued: the connection is gone, or `may_drop` and the reader is too slow.
  virtual bool send(reply_message message, bool may_drop) = 0;
  virtual cancellation& gone() = 0;
  virtual void hang_up() = 0;  // after what is queued
};

class call {
 public:
  call(call_message message, peer who, outlet& out, const interface& speaks, const method& asked, log& log)
      : message_(std::move(message)), who_(std::move(who)), out_(out), speaks_(speaks), asked_(asked), log_(log) {}
  call(const call&) = delete;
  call& operator=(const call&) = delete;

  const std::string& method_name() const { return asked_.name; }  // "Run"
  // Already checked against the interface: members have their types, unknown ones are not there.
  const nlohmann::json& parameters() const { return message_.parameters; }
  const peer& who() const { return who_; }
  bool more() const { return message_.more && !message_.oneway; }  // stream() may be used
  // Requested when the peer hung up or the server closes.
  cancellation& gone() { return out_.gone(); }

  // Exactly one of reply() and error() ends a call; nothing may follow it.
  task<> reply(nlohmann::json parameters);
  // A name without a dot belongs to the interface. Parameters must fit the interface's table.
  task<> error(std::string name, nlohmann::json parameters);
  // One of several replies; only when more(). False when this one was not queued: look at gone(), else the reader was
  // too slow, and the next reply that is queued tells it how many it lost in the member "missed".
  task<bool> stream(nlohmann::json parameters);

  bool answered() const { return answered_; }
  // Runs once, at the first answer, with "ok", "accepted" (a stream began) or the error's name.
  void on_first_answer(std::function<void(const std::string&)> run) { first_ = std::move(run); }

 private:
  void inspect(const nlohmann::json& parameters, const std::vector<field>& fields, const std::string& what);
  void first(const std::string& outcome);

  call_message message_;
  peer who_;
  outlet& out_;
  const interface& speaks_;
  const method& asked_;
  log& log_;
  std::function<void(const std::string&)> first_;
  bool answered_ = false;
};

// One thing the socket can be asked for.
struct verb {
  std::string name;  // as in the interface: "Run"
  role needs = role::admin;
  bool changes = false;  // audited
  std::function<task<>(call&)> run;
  std::string told = {};  // names of parameters that the audit quotes, apart by blanks
};

}  // namespace triggerd::control
