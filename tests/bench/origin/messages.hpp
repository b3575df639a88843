// One request and one reply, whatever version of HTTP carries them.
#pragma once

#include "bench/origin/endpoint.hpp"
#include "bench/origin/line_feed.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace origin {

// Kept and filled anew, so that its texts keep their memory.
struct request {
  std::string method, path;
  std::string token;   // of the header authorization, without the word before it
  std::string branch;  // x-trigger-branch
  std::string key;     // idempotency-key
  std::string body;    // empty for what is a stream of lines
  place where;
  line_feed lines;
  std::uint64_t items = 0;

  void clear() {
    for (auto* text : {&method, &path, &token, &branch, &key, &body}) text->clear();
    lines.clear();
    items = 0;
  }

  void header(std::string_view lower_case_name, std::string_view value) {
    if (lower_case_name == "authorization") token = value.substr(value.starts_with("Bearer ") ? 7 : 0);
    else if (lower_case_name == "x-trigger-branch") branch = value;
    else if (lower_case_name == "idempotency-key") key = value;
  }
};

struct reply {
  int status = 200;
  std::string body;
  std::string_view type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string_view, std::string>> headers;  // names in lower case
};

// What becomes of a request: nothing at all, or a reply after a time.
struct answer {
  std::optional<reply> what;
  std::chrono::milliseconds after{0};
};

}  // namespace origin
