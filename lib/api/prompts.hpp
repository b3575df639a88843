// Prompts that are kept on the server, with versions and overrides (contract API.md 22). Values whose shape the API does
// not fix are JSON text; empty: none.
#pragma once

#include "api/operation.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct prompt_entry {
  std::string slug;
  std::string value;  // JSON text of the whole entry
};
operation<std::vector<prompt_entry>> list_prompts();

struct prompt_version {
  std::uint64_t version = 0;
  std::vector<std::string> labels;  // "production", ...
  std::string value;                // JSON text of the whole version
};
operation<std::vector<prompt_version>> list_prompt_versions(std::string_view slug);

struct prompt_question {
  std::string variables;      // JSON text of an object; empty: none
  std::string label;          // empty: what is current
  std::uint32_t version = 0;  // 0: the label decides
};
struct prompt_text {
  std::string id, slug;
  std::uint64_t version = 0;
  std::vector<std::string> labels;
  std::string text;    // with the variables filled in
  std::string model;   // empty: not told
  std::string config;  // JSON text
};
result<operation<prompt_text>> resolve_prompt(std::string_view slug, const prompt_question& what);

struct prompt_changed {
  std::uint64_t version = 0;  // that holds now; 0: not told
};
// Versions count from 1.
operation<prompt_changed> promote_prompt(std::string_view slug, std::uint32_t version);

struct prompt_override {       // empty: not sent
  std::string text;            // of the prompt
  std::string model;           // "gpt-4o"
  std::string commit_message;  // for people
};
// Makes a version: not repeatable. At least one of the three.
result<operation<prompt_changed>> create_prompt_override(std::string_view slug, const prompt_override& what);
result<operation<prompt_changed>> update_prompt_override(std::string_view slug, const prompt_override& what);
operation<prompt_changed> remove_prompt_override(std::string_view slug);
operation<prompt_changed> reactivate_prompt_override(std::string_view slug, std::uint32_t version);

}  // namespace triggerd::api
