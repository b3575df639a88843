#include "transport/transport.hpp"

#include <doctest/doctest.h>

using triggerd::transport::headers;

TEST_CASE("header names are compared without case") {
  headers head;
  head.add("Content-Type", "application/json");
  CHECK(head.first("content-type") == "application/json");
  CHECK(head.first("CONTENT-TYPE") == "application/json");
  CHECK(head.list() ==
        std::vector<std::pair<std::string_view, std::string_view>>{{"Content-Type", "application/json"}});
  CHECK_FALSE(head.first("content"));
}

TEST_CASE("a header that comes twice is kept twice, in order of arrival") {
  headers head;
  head.add("X-RateLimit-Reset", "1795487000000");
  head.add("date", "today");
  head.add("x-ratelimit-reset", "12");
  const auto all = head.all("x-ratelimit-reset");
  REQUIRE(all.size() == 2);
  CHECK(all[0] == "1795487000000");
  CHECK(all[1] == "12");
  CHECK(head.first("x-ratelimit-reset") == "1795487000000");
  CHECK(head.all("etag").empty());
}
