// The JSON objects of varlink: calls one way, replies and errors the other.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace triggerd::control {

struct call_message {
  std::string method;  // "io.triggerd.Control.Run"
  nlohmann::json parameters = nlohmann::json::object();
  bool more = false;
  bool oneway = false;
};

struct reply_message {
  nlohmann::json parameters = nlohmann::json::object();
  std::string error;  // qualified name; empty for a reply
  bool continues = false;
};

// How deep brackets nest, strings left out. The parser does not recurse, but whatever writes the value again does: what
// nests beyond limits::control_depth is no message.
std::size_t depth_of(std::string_view text);

result<call_message> parse_call(std::string_view text);
result<reply_message> parse_reply(std::string_view text);

// With the closing NUL. Bytes that are not UTF-8 become U+FFFD.
std::string encode(const call_message& what);
std::string encode(const reply_message& what);

}  // namespace triggerd::control
