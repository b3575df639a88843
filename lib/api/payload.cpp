#include "api/payload.hpp"

#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "base/json_text.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace triggerd::api {

namespace {

constexpr std::size_t small_payload = 240;  // bytes that most fit into
constexpr std::int64_t most_exact = std::int64_t{1} << 53;

bool beyond_exact(const nlohmann::json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() > static_cast<std::uint64_t>(most_exact);
  if (!value.is_number_integer()) return false;
  const auto number = value.get<std::int64_t>();  // numbers of TOML are signed, also the positive ones
  return number > most_exact || number < -most_exact;
}

// Dotted path to the first offence, and what it is; empty when there is none. Depth-bounded recursion.
struct offence {
  std::string path;
  const char* what = nullptr;
};

bool find_offence(const nlohmann::json& value, std::size_t depth, offence& found) {
  if (beyond_exact(value)) {
    found.what = "is a whole number beyond 2^53, which the server would round; write it as text";
    return true;
  }
  if (!value.is_structured()) return false;
  if (depth >= limits::json_depth) {
    found.what = "is nested too deeply for the server";
    return true;
  }
  for (const auto& one : value.items()) {
    if (!find_offence(one.value(), depth + 1, found)) continue;
    if (depth < 8) found.path.insert(0, '.' + text::printable(one.key(), 40));
    return true;
  }
  return false;
}

}  // namespace

result<void> check_payload(const nlohmann::json& payload) {
  offence found;
  if (!find_offence(payload, 0, found)) return {};
  const std::string where = found.path.empty() ? "the whole value" : found.path.substr(1);
  return fail(codes::bad_argument, where + ' ' + found.what);
}

std::string superjson_text(const nlohmann::json& payload) {
  return json_members(small_payload).value("json", payload).take();
}

std::string superjson_text(const nlohmann::json& payload, const nlohmann::json& meta) {
  if (meta.is_null()) return superjson_text(payload);
  return json_members().value("json", payload).value("meta", meta).take();
}

packed_payload pack(const nlohmann::json& payload) {
  packed_payload packed;
  if (payload.is_string()) {
    packed.value_json = json_text(payload);
    packed.type = "text/plain";
    packed.size = payload.get_ref<const std::string&>().size();
    return packed;
  }
  const std::string wrapped = superjson_text(payload);
  append_json_string(packed.value_json, wrapped);
  packed.type = "application/super+json";
  packed.size = wrapped.size();
  return packed;
}

packed_payload pack_or_nothing(const nlohmann::json* payload) {
  return payload == nullptr ? pack_nothing() : pack(*payload);
}

packed_payload pack_nothing() { return {.value_json = {}, .type = "application/json", .size = 0}; }

}  // namespace triggerd::api
