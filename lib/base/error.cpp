#include "base/result.hpp"

#include <stdexcept>

namespace triggerd {

std::string error::describe() const {
  std::string text = message;
  text += " (";
  text += code.name;
  if (!peer.empty()) {
    text += "; server said: ";
    text += peer;
  }
  text += ')';
  return text;
}

void throw_exception_from_error(const error& e, const boost::source_location& where) {
  throw std::logic_error("unchecked error at " + where.to_string() + ": " + e.describe());
}

}  // namespace triggerd
