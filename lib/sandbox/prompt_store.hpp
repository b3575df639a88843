// Prompts with their versions. "current" is what deployments brought, "override" what people put in its place.
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/places.hpp"

#include <deque>

namespace triggerd::sandbox {

struct prompt_version {
  std::int64_t number = 0;  // from 1
  std::string text, model, commit;
  std::string source;  // "code", "api", ...
  std::vector<std::string> labels;
  instant created{};

  bool has(std::string_view label) const;
};

struct prompt {
  const live_environment* where = nullptr;
  std::string slug;
  instant updated{};
  std::deque<prompt_version> versions;  // oldest first

  prompt_version* version(std::int64_t number);
  prompt_version* labelled(std::string_view label);             // the newest one
  void move_label(std::string_view label, prompt_version* to);  // nullptr: nowhere
};

class prompt_store {
 public:
  prompt_store(places& homes, instant start);  // with what the deployments know

  prompt* find(const live_environment& where, std::string_view slug);
  std::vector<prompt*> of(const live_environment& where);  // last changed first

 private:
  std::deque<prompt> prompts_;
};

// The template with {{name}} and {{#name}}...{{/name}} filled in; a missing value is empty.
std::string fill_prompt(std::string_view text, const json& variables);

}  // namespace triggerd::sandbox
