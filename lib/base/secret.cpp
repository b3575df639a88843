#include "base/secret.hpp"

#include <cstring>

namespace triggerd {

void wipe(std::string& text) {
  if (!text.empty()) explicit_bzero(text.data(), text.size());
  text.clear();
}

secret::secret(secret&& other) noexcept : value_(other.value_) { other.wipe(); }  // short strings are copied by a move

secret& secret::operator=(secret&& other) noexcept {
  if (this != &other) {
    wipe();
    value_ = other.value_;
    other.wipe();
  }
  return *this;
}

secret::~secret() { wipe(); }

void secret::wipe() { triggerd::wipe(value_); }

}  // namespace triggerd
