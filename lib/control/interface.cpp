#include "control/interface.hpp"

#include "base/text.hpp"
#include "control/codes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace triggerd::control {

namespace {

using nlohmann::json;

constexpr std::size_t line_width = 116;

std::string comment_lines(const std::string& comment, const std::string& indent) {
  std::string out;
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) out += indent + "#" + line + "\n";
    line.clear();
  };
  for (const std::string_view word : text::split(comment, ' ')) {
    if (word.empty()) continue;
    if (indent.size() + line.size() + word.size() + 2 > line_width) flush();
    line += " " + std::string(word);
  }
  flush();
  return out;
}

bool any_comment(const std::vector<field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const field& f) { return !f.comment.empty(); });
}

// "(a: int, b: string)", on one line when short and without comments.
std::string field_list(const std::vector<field>& fields) {
  std::string one;
  for (const field& f : fields) one += (one.empty() ? "" : ", ") + f.name + ": " + f.type;
  if (!any_comment(fields) && one.size() < line_width / 2) return "(" + one + ")";
  std::string out = "(\n";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out += comment_lines(fields[i].comment, "  ");
    out += "  " + fields[i].name + ": " + fields[i].type + (i + 1 < fields.size() ? ",\n" : "\n");
  }
  return out + ")";
}

error wrong(const std::string& path, std::string why) { return fail(codes::parameter, path, std::move(why)); }

std::vector<std::string_view> words_of(std::string_view closed_set) {
  std::vector<std::string_view> out;
  for (const std::string_view word : text::split(closed_set.substr(1, closed_set.size() - 2), ','))
    out.push_back(text::trim(word));
  return out;
}

result<> check_fields(const interface& in, const std::vector<field>& fields, const json& value,
                      const std::string& prefix);

result<> check_value(const interface& in, std::string_view type, const json& value, const std::string& path) {
  if (type.starts_with('?')) {
    if (value.is_null()) return {};
    return check_value(in, type.substr(1), value, path);
  }
  if (type.starts_with("[]")) {
    if (!value.is_array()) return wrong(path, "must be an array");
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto element = check_value(in, type.substr(2), value[i], path + "[" + std::to_string(i) + "]");
      if (!element) return element.error();
    }
    return {};
  }
  if (type.starts_with("[string]")) {
    if (!value.is_object()) return wrong(path, "must be an object");
    for (const auto& [key, member] : value.items()) {
      const auto element = check_value(in, type.substr(8), member, path + "." + key);
      if (!element) return element.error();
    }
    return {};
  }
  if (type.starts_with('(')) {
    if (!value.is_string()) return wrong(path, "must be one of " + std::string(type));
    const auto words = words_of(type);
    if (std::find(words.begin(), words.end(), value.get_ref<const std::string&>()) == words.end())
      return wrong(path, "must be one of " + std::string(type));
    return {};
  }
  if (type == "bool") return value.is_boolean() ? result<>{} : wrong(path, "must be true or false");
  if (type == "string") return value.is_string() ? result<>{} : wrong(path, "must be a string");
  if (type == "float") return value.is_number() ? result<>{} : wrong(path, "must be a number");
  if (type == "object") return value.is_object() ? result<>{} : wrong(path, "must be an object");
  if (type == "int") {
    // Varlink integers are signed with 64 bits; a verb may read one as such without looking again.
    const bool fits = value.is_number_integer() &&
                      !(value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX});
    return fits ? result<>{} : wrong(path, "must be an integer");
  }
  const named_type* named = in.find_type(type);
  if (named == nullptr) return wrong(path, "has a type nobody defined");
  return check_fields(in, named->fields, value, path + ".");
}

result<> check_fields(const interface& in, const std::vector<field>& fields, const json& value,
                      const std::string& prefix) {
  const std::string whole = prefix.empty() ? "parameters" : prefix.substr(0, prefix.size() - 1);
  if (!value.is_object()) return wrong(whole, "must be an object");
  for (const field& f : fields) {
    const auto found = value.find(f.name);
    if (found == value.end()) {
      if (f.type.starts_with('?')) continue;
      return wrong(prefix + f.name, "is missing");
    }
    const auto checked = check_value(in, f.type, *found, prefix + f.name);
    if (!checked) return checked.error();
  }
  for (const auto& [key, member] : value.items()) {
    const auto same = [&key = key](const field& f) { return f.name == key; };
    if (std::none_of(fields.begin(), fields.end(), same)) return wrong(prefix + key, "is not known");
  }
  return {};
}

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// [A-Z][A-Za-z0-9]*
bool member_name(std::string_view name) {
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

// [A-Za-z](_?[A-Za-z0-9])*
bool field_name(std::string_view name) {
  if (name.empty() || !is_letter(name[0]) || name.back() == '_') return false;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] == '_' && name[i - 1] == '_') return false;
    if (name[i] != '_' && !is_letter(name[i]) && !is_digit(name[i])) return false;
  }
  return true;
}

bool known_type(const interface& in, std::string_view type, bool may_be_optional = true) {
  if (type.starts_with('?')) return may_be_optional && known_type(in, type.substr(1), false);
  if (type.starts_with("[]")) return known_type(in, type.substr(2));
  if (type.starts_with("[string]")) return known_type(in, type.substr(8));
  if (type.starts_with('(')) {
    const auto words = words_of(type);
    return type.ends_with(')') && std::all_of(words.begin(), words.end(), field_name);
  }
  static const std::set<std::string_view> built_in{"bool", "int", "float", "string", "object"};
  return built_in.count(type) > 0 || in.find_type(type) != nullptr;
}

}  // namespace

const method* interface::find_method(std::string_view wanted) const {
  const auto found = std::find_if(methods.begin(), methods.end(), [&](const method& m) { return m.name == wanted; });
  return found == methods.end() ? nullptr : &*found;
}

const named_type* interface::find_type(std::string_view wanted) const {
  const auto found = std::find_if(types.begin(), types.end(), [&](const named_type& t) { return t.name == wanted; });
  return found == types.end() ? nullptr : &*found;
}

std::vector<error_type> common_errors() {
  return {
      {"PermissionDenied",
       "The peer's role does not reach. Roles: none, read, operate, admin.",
       {{"needs", "string"}, {"has", "string"}}},
      {"MalformedMessage",
       "What came is not a varlink call, or too large. The connection ends.",
       {{"reason", "string"}}},
      {"TooManySessions",
       "As many connections are open as may be, of this user or of all. The connection ends.",
       {{"most", "int"}}},
  };
}

std::string render(const interface& what) {
  std::string out = comment_lines(what.comment, "") + "interface " + what.name + "\n";
  for (const named_type& t : what.types)
    out += "\n" + comment_lines(t.comment, "") + "type " + t.name + " " + field_list(t.fields) + "\n";
  for (const method& m : what.methods) {
    out += "\n" + comment_lines(m.comment, "");
    if (m.streams) out += "# Streams with 'more'.\n";
    out += "method " + m.name + field_list(m.parameters) + " -> " + field_list(m.reply) + "\n";
  }
  for (const error_type& e : what.errors)
    out += "\n" + comment_lines(e.comment, "") + "error " + e.name + " " + field_list(e.parameters) + "\n";
  return out;
}

const interface& service_interface() {
  static const interface service {
    "org.varlink.service", "The Varlink Service Interface is provided by every varlink service.", {},
        {{"GetInfo",
          "Who serves here, and which interfaces.",
          {},
          {{"vendor", "string"},
           {"product", "string"},
           {"version", "string"},
           {"url", "string"},
           {"interfaces", "[]string"}}},
         {"GetInterfaceDescription",
          "The text of an interface.",
          {{"interface", "string"}},
          {{"description", "string"}}}},
    {
      {"InterfaceNotFound", "No such interface here.", {{"interface", "string"}}},
          {"MethodNotFound", "The interface has no such method.", {{"method", "string"}}},
          {"MethodNotImplemented", "The method is described but not served.", {{"method", "string"}}},
          {"InvalidParameter", "A parameter is missing, unknown or of the wrong type.", {{"parameter", "string"}}},
          {"PermissionDenied", "The peer may not call this.", {}}, {
        "ExpectedMore", "The method needs 'more'.", {}
      }
    }
  };
  return service;
}

result<> check(const interface& in, const std::vector<field>& fields, const json& value) {
  return check_fields(in, fields, value, "");
}

std::vector<std::string> faults(const interface& of) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  const auto member = [&](const std::string& name) {
    if (!member_name(name)) out.push_back(name + ": not a varlink name");
    if (!seen.insert(name).second) out.push_back(name + ": defined twice");
  };
  const auto list = [&](const std::string& owner, const std::vector<field>& fields) {
    for (const field& f : fields) {
      if (!field_name(f.name)) out.push_back(owner + "." + f.name + ": not a varlink field name");
      if (!known_type(of, f.type)) out.push_back(owner + "." + f.name + ": unknown type " + f.type);
    }
  };
  for (const named_type& t : of.types) {
    member(t.name);
    list(t.name, t.fields);
  }
  for (const method& m : of.methods) {
    member(m.name);
    list(m.name, m.parameters);
    list(m.name, m.reply);
  }
  for (const error_type& e : of.errors) {
    member(e.name);
    list(e.name, e.parameters);
  }
  return out;
}

}  // namespace triggerd::control
