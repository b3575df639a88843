#include "ctl/input.hpp"

#include "base/limits.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace triggerd::ctl {

namespace {

// The message's own words need some of its room.
constexpr std::size_t most = limits::control_message - (4u << 10);

}  // namespace

result<std::string> read_input(const std::string& path) {
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& from = path == "-" ? std::cin : file;
  std::string text(most + 1, '\0');
  if (!from) return fail(codes::io, path + " cannot be read: " + std::strerror(errno));
  from.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (from.bad()) return fail(codes::io, path + " cannot be read: " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(from.gcount()));
  if (text.size() <= most) return text;
  return fail(codes::invalid_argument,
              path + " has more than the " + std::to_string(most) + " bytes that one call to the daemon carries");
}

}  // namespace triggerd::ctl
