#include "control/message.hpp"

#include "base/limits.hpp"
#include "control/codes.hpp"

namespace triggerd::control {

namespace {

using nlohmann::json;

}  // namespace

std::size_t depth_of(std::string_view text) {
  std::size_t now = 0;
  std::size_t most = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      else if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      most = std::max(most, ++now);
    } else if ((c == '}' || c == ']') && now > 0) {
      --now;
    }
  }
  return most;
}

namespace {

result<json> parse_object(std::string_view text) {
  if (depth_of(text) > limits::control_depth) return fail(codes::protocol, "the JSON nests too deep");
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return fail(codes::protocol, "not JSON");
  if (!value.is_object()) return fail(codes::protocol, "not a JSON object");
  return value;
}

// Takes the member "parameters"; absent and null mean an empty object.
result<json> parameters_of(json& message) {
  const auto found = message.find("parameters");
  if (found == message.end() || found->is_null()) return json(json::value_t::object);
  if (!found->is_object()) return fail(codes::protocol, "'parameters' is not an object");
  return std::move(*found);
}

result<bool> flag_of(const json& message, const char* name) {
  const auto found = message.find(name);
  if (found == message.end() || found->is_null()) return false;
  if (!found->is_boolean()) return fail(codes::protocol, std::string("'") + name + "' is neither true nor false");
  return found->get<bool>();
}

std::string framed(const json& message) {
  std::string out = message.dump(-1, ' ', false, json::error_handler_t::replace);
  out += '\0';
  return out;
}

}  // namespace

result<call_message> parse_call(std::string_view text) {
  auto message = parse_object(text);
  if (!message) return message.error();
  const auto method = message->find("method");
  if (method == message->end() || !method->is_string()) return fail(codes::protocol, "a call needs a 'method'");
  call_message out;
  out.method = method->get<std::string>();
  auto parameters = parameters_of(*message);
  if (!parameters) return parameters.error();
  out.parameters = std::move(*parameters);
  const auto more = flag_of(*message, "more");
  if (!more) return more.error();
  const auto oneway = flag_of(*message, "oneway");
  if (!oneway) return oneway.error();
  const auto upgrade = flag_of(*message, "upgrade");
  if (!upgrade) return upgrade.error();
  if (*upgrade) return fail(codes::protocol, "'upgrade' is not offered here");
  out.more = *more;
  out.oneway = *oneway;
  return out;
}

result<reply_message> parse_reply(std::string_view text) {
  auto message = parse_object(text);
  if (!message) return message.error();
  reply_message out;
  if (const auto name = message->find("error"); name != message->end() && !name->is_null()) {
    if (!name->is_string()) return fail(codes::protocol, "'error' is not a name");
    out.error = name->get<std::string>();
  }
  auto parameters = parameters_of(*message);
  if (!parameters) return parameters.error();
  out.parameters = std::move(*parameters);
  const auto continues = flag_of(*message, "continues");
  if (!continues) return continues.error();
  out.continues = *continues;
  return out;
}

std::string encode(const call_message& what) {
  json message = json::object();
  message["method"] = what.method;
  message["parameters"] = what.parameters;
  if (what.more) message["more"] = true;
  if (what.oneway) message["oneway"] = true;
  return framed(message);
}

std::string encode(const reply_message& what) {
  json message = json::object();
  message["parameters"] = what.parameters;
  if (!what.error.empty()) message["error"] = what.error;
  if (what.continues) message["continues"] = true;
  return framed(message);
}

}  // namespace triggerd::control
