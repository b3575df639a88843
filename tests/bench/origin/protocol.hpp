// A version of HTTP spoken over one connection.
#pragma once

#include "bench/origin/messages.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace origin {

// What a protocol needs of its connection.
class wire {
 public:
  virtual ~wire() = default;
  virtual void later(std::chrono::milliseconds delay, int stream, reply what) = 0;
  std::string out;  // bytes to be sent
};

class protocol {
 public:
  explicit protocol(wire& under) : wire_(under) {}
  virtual ~protocol() = default;

  // False: the connection ends. Bytes of ours go to the wire's `out`.
  virtual bool take(std::string_view bytes) = 0;
  virtual void write(int stream, reply what) = 0;
  virtual bool is_over() const = 0;  // when everything is sent

 protected:
  void settle(int stream, answer a) {
    if (!a.what) return;
    if (a.after.count() == 0) write(stream, std::move(*a.what));
    else wire_.later(a.after, stream, std::move(*a.what));
  }

  wire& wire_;
};

}  // namespace origin
