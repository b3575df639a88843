// A varlink interface as a table. One table makes the text that introspection serves, checks the parameters of every
// call before a verb sees them, and is what clients are written against.
#pragma once

#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace triggerd::control {

// The type is written as varlink writes it: bool, int, float, string, object, a named type, "?T" (may be absent or
// null), "[]T", "[string]T", or "(one, two)" for a closed set of words.
struct field {
  std::string name;
  std::string type;
  std::string comment = {};
};

struct named_type {
  std::string name;
  std::string comment;
  std::vector<field> fields;
};

struct method {
  std::string name;
  std::string comment;
  std::vector<field> parameters;
  std::vector<field> reply;
  bool streams = false;  // answers a call with "more" by several replies
};

struct error_type {
  std::string name;
  std::string comment;
  std::vector<field> parameters;
};

struct interface {
  std::string name;  // "io.triggerd.Control"
  std::string comment;
  std::vector<named_type> types;
  std::vector<method> methods;
  std::vector<error_type> errors;

  const method* find_method(std::string_view name) const;
  const named_type* find_type(std::string_view name) const;
  // "io.triggerd.Control.Run" from "Run".
  std::string qualified(std::string_view member) const { return name + "." + std::string(member); }
};

// The errors every interface served by this room may answer with; an interface appends them to its own.
std::vector<error_type> common_errors();

// The text of the .varlink file.
std::string render(const interface& what);

// The interface org.varlink.service, which the server answers by itself.
const interface& service_interface();

// Checks a value against the fields of a type: nothing missing, nothing unknown, every type right. The error's message
// is the path of the first wrong field ("on", "legs[2].state"), fit for InvalidParameter; its peer words say why.
result<> check(const interface& in, const std::vector<field>& fields, const nlohmann::json& value);

// Complaints about the table itself: unknown types, names varlink does not allow. Empty when it is sound.
std::vector<std::string> faults(const interface& of);

}  // namespace triggerd::control
