#include "spec/scope.hpp"

#include "base/text.hpp"
#include "spec/codes.hpp"

#include <algorithm>

namespace triggerd::spec {

namespace {

constexpr std::string_view everything = "admin";

bool action_allows(const access_scope& held, const access_scope& wanted) {
  if (held.action == "*" || held.action == wanted.action) return true;
  const bool triggers = wanted.action == "trigger" || wanted.action == "batchTrigger";
  return triggers && held.action == "write" && wanted.type == "tasks";
}

}  // namespace

result<access_scope> parse_scope(std::string_view text) {
  const auto refuse = [](std::string_view why) { return fail(codes::scope, "the scope " + std::string(why)); };
  if (text == everything) return access_scope{.action = std::string(text), .type = {}, .id = {}};
  if (text::has_control(text) || !text::is_utf8(text)) return refuse("holds control characters or bad UTF-8");
  const auto first = text.find(':');
  if (first == std::string_view::npos) return refuse("names no type: it is written action:type or action:type:id");
  const auto second = text.find(':', first + 1);  // the id may hold colons of its own
  const bool has_id = second != std::string_view::npos;
  access_scope read{.action = std::string(text.substr(0, first)),
                    .type = std::string(text.substr(first + 1, has_id ? second - first - 1 : second)),
                    .id = has_id ? std::string(text.substr(second + 1)) : std::string()};
  if (read.action.empty() || read.type.empty()) return refuse("has an empty action or type");
  if (has_id && read.id.empty()) return refuse("has an empty id; without its last colon it means every one");
  return read;
}

std::string show(const access_scope& one) {
  std::string text = one.action;
  if (!one.type.empty()) text += ':' + one.type;
  if (!one.id.empty()) text += ':' + one.id;
  return text;
}

bool grants(const access_scope& held, const access_scope& wanted) {
  if (held.type.empty()) return held.action == everything;
  if (!action_allows(held, wanted)) return false;
  if (held.type != "all" && held.type != wanted.type) return false;
  return held.id.empty() || held.id == wanted.id;
}

bool grants(std::span<const std::string> held, const access_scope& wanted) {
  return std::any_of(held.begin(), held.end(), [&](const std::string& text) {
    const auto one = parse_scope(text);
    return one && grants(*one, wanted);
  });
}

}  // namespace triggerd::spec
