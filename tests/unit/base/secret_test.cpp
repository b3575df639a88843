#include "base/secret.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <ostream>
#include <type_traits>

using namespace triggerd;

namespace {
template <class T>
concept streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
}  // namespace

TEST_CASE("a secret moves, and leaves nothing where it was") {
  secret from("a-long-enough-secret-to-live-on-the-heap");
  secret to(std::move(from));
  CHECK(to.expose() == "a-long-enough-secret-to-live-on-the-heap");
  CHECK(from.empty());
  secret shorter("short");
  to = std::move(shorter);
  CHECK(to.expose() == "short");
  CHECK(shorter.empty());
}

TEST_CASE("assigning a secret to itself keeps it") {
  secret one("value");
  secret& same = one;
  one = std::move(same);
  CHECK(one.expose() == "value");
}

TEST_CASE("a secret cannot be copied, compared into text or streamed by accident") {
  CHECK_FALSE(std::is_copy_constructible_v<secret>);
  CHECK_FALSE(std::is_copy_assignable_v<secret>);
  CHECK_FALSE(std::is_convertible_v<secret, std::string>);
  CHECK_FALSE(std::is_convertible_v<std::string, secret>);
  CHECK_FALSE(streamable<secret>);
}

TEST_CASE("wiping overwrites the bytes in place") {
  std::string text = "a-long-enough-secret-to-live-on-the-heap";
  const char* bytes = text.data();
  const std::size_t size = text.size();
  wipe(text);
  CHECK(text.empty());
  REQUIRE(text.data() == bytes);  // the storage is kept, so looking at it is fine
  for (std::size_t i = 1; i < size; ++i) CHECK(bytes[i] == '\0');
}

TEST_CASE("a clone lives on its own") {
  secret one("value");
  const secret other = one.clone();
  one = secret("next");
  CHECK(other.expose() == "value");
}
