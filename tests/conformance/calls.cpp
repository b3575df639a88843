#include "conformance/calls.hpp"

namespace triggerd::conformance {

std::string id_at(const json& args, std::size_t i) {
  const json& value = argument(args, i);
  return (value.is_object() && value.contains("id") ? value["id"] : value).get<std::string>();
}

std::string text_member(const json& of, const char* name) {
  return of.is_object() && of.contains(name) && of[name].is_string() ? of[name].get<std::string>() : std::string();
}

std::optional<bool> flag_of(const json& of, const char* name) {
  return of.is_object() && of.contains(name) ? std::optional(of[name].get<bool>()) : std::nullopt;
}

const known_call* find_call(std::string_view name) {
  const std::array families{trigger_calls(),  run_calls(),   run_detail_calls(), bulk_calls(),      variable_calls(),
                            schedule_calls(), queue_calls(), deployment_calls(), waitpoint_calls(), prompt_calls(),
                            key_calls(),      token_calls(), session_calls(),    packet_calls(),    realtime_calls()};
  for (const auto& family : families)
    for (const auto& one : family)
      if (one.name == name) return &one;
  return nullptr;
}

}  // namespace triggerd::conformance
