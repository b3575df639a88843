// The blocking client of the socket, for programs that do one thing: plain sockets and poll, no loop.
#pragma once

#include "base/clock.hpp"
#include "control/frame.hpp"
#include "control/message.hpp"

#include <functional>
#include <optional>
#include <string>

namespace triggerd::control {

// Why a call failed. When the daemon answered with an error, `name` and `parameters` are its own.
struct failure {
  error why;
  std::string name = {};  // "io.triggerd.Control.UnknownJob"; empty: no answer came
  nlohmann::json parameters = nlohmann::json::object();

  bool is(std::string_view last_part) const;  // "UnknownJob"
};
[[noreturn]] void throw_exception_from_error(const failure& f, const boost::source_location& where);

using answer = boost::system::result<nlohmann::json, failure>;

class client {
 public:
  using patience = std::optional<milliseconds>;  // how long to wait for the next message; none: for ever

  // codes::no_daemon when nobody listens, codes::denied when the directory or the socket may not be opened.
  static result<client> connect(const std::string& path);

  client(client&& other) noexcept;
  client& operator=(client&& other) noexcept;
  ~client();

  answer call(const std::string& method, nlohmann::json parameters, patience wait = milliseconds(30'000));
  // Hands every reply that continues to `each`, returns the last one. When `each` says false the connection is closed
  // and that reply returned.
  answer call_more(const std::string& method, nlohmann::json parameters,
                   const std::function<bool(const nlohmann::json&)>& each, patience wait = std::nullopt);

  // A call in two halves, for who has more to wait for than one answer: taken() has it once it came; none: not yet, look
  // again when there is something to read.
  result<> ask(const std::string& method, nlohmann::json parameters);
  std::optional<answer> taken();
  int descriptor() const { return descriptor_; }

 private:
  explicit client(int descriptor);
  void close();
  result<> send(const std::string& bytes, patience wait);
  boost::system::result<reply_message, error> receive(patience wait);

  int descriptor_ = -1;
  frame_reader frames_;
};

}  // namespace triggerd::control
