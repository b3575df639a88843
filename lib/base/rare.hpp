// An optional that is seldom there: it takes the room of a pointer. What many coroutines hand on by value is in each of
// their frames, and those are quick to make only while they are small.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace triggerd {

template <class T>
class rare {
 public:
  rare() = default;
  rare(T value) : held_(std::make_unique<T>(std::move(value))) {}
  rare(std::optional<T> value) {
    if (value) emplace(std::move(*value));
  }
  rare(const rare& other) : held_(other ? std::make_unique<T>(*other) : nullptr) {}
  rare(rare&&) noexcept = default;
  rare& operator=(rare other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }

  explicit operator bool() const { return held_ != nullptr; }
  T& operator*() { return *held_; }
  const T& operator*() const { return *held_; }
  T* operator->() { return held_.get(); }
  const T* operator->() const { return held_.get(); }
  template <class... From>
  T& emplace(From&&... from) {
    held_ = std::make_unique<T>(std::forward<From>(from)...);
    return *held_;
  }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace triggerd
