// An optional that takes the room of a pointer. For what is seldom there, or large: what coroutines hand on by value
// stands in each of their frames, and those are quick to make only while they are small.
#pragma once

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace triggerd {

template <class T>
class boxed {
 public:
  boxed() = default;
  boxed(std::nullopt_t) {}
  template <class From, class = std::enable_if_t<std::is_convertible_v<From&&, T>>>
  boxed(From&& value) : held_(std::make_unique<T>(std::forward<From>(value))) {}
  boxed(std::optional<T> value) {
    if (value) emplace(std::move(*value));
  }
  boxed(const boxed& other) : held_(other ? std::make_unique<T>(*other) : nullptr) {}
  boxed(boxed&&) noexcept = default;
  boxed& operator=(boxed other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }

  explicit operator bool() const { return held_ != nullptr; }
  bool has_value() const { return held_ != nullptr; }
  T& operator*() { return *held_; }
  const T& operator*() const { return *held_; }
  T* operator->() { return held_.get(); }
  const T* operator->() const { return held_.get(); }
  template <class... From>
  T& emplace(From&&... from) {
    held_ = std::make_unique<T>(std::forward<From>(from)...);
    return *held_;
  }
  void reset() { held_.reset(); }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace triggerd
