// A value that must not be seen. It has no formatter, no stream operator and no JSON conversion, moves but does not
// copy, and wipes its memory. libcurl and OpenSSL make copies of their own: wiping is best effort.
#pragma once

#include <string>
#include <string_view>

namespace triggerd {

class secret {
 public:
  secret() = default;
  explicit secret(std::string value) : value_(std::move(value)) {}
  secret(secret&& other) noexcept;
  secret& operator=(secret&& other) noexcept;
  secret(const secret&) = delete;
  secret& operator=(const secret&) = delete;
  ~secret();

  bool empty() const { return value_.empty(); }
  // The bytes, for the place that sends them and nowhere else.
  std::string_view expose() const { return value_; }
  secret clone() const { return secret(value_); }

 private:
  void wipe();
  std::string value_;
};

// Overwrites a string that held a secret, then empties it.
void wipe(std::string& text);

}  // namespace triggerd
