#include "base/boxed.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

using triggerd::boxed;

TEST_CASE("a box holds one or none, and takes the room of a pointer") {
  CHECK(sizeof(boxed<std::string>) == sizeof(void*));
  boxed<std::string> none;
  CHECK_FALSE(none.has_value());
  CHECK_FALSE(boxed<std::string>(std::nullopt));
  CHECK_FALSE(boxed<std::string>(std::optional<std::string>()));
  CHECK(*boxed<std::string>(std::optional<std::string>("given")) == "given");
  none = std::string("now one");
  CHECK(none->size() == 7);
  none.emplace("another");
  CHECK(*none == "another");
}

TEST_CASE("a copy of a box is another one, and a moved one is empty") {
  boxed<std::string> first = std::string("word");
  boxed<std::string> second = first;
  *second += "s";
  CHECK(*first == "word");
  const boxed<std::string> third = std::move(second);
  CHECK(*third == "words");
  CHECK_FALSE(second);
  first = third;
  CHECK(*first == "words");
  first = std::nullopt;
  CHECK_FALSE(first);
}

TEST_CASE("what makes a value makes a box of it") {
  const boxed<std::variant<int, std::string>> of = std::string("word");
  CHECK(std::get<std::string>(*of) == "word");
}
