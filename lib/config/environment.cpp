#include "config/environment.hpp"

#include "base/limits.hpp"
#include "config/codes.hpp"
#include "config/complaints.hpp"
#include "config/secrets.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace triggerd::config {

namespace {

error unreadable(const std::string& path, const std::string& why) {
  return fail(codes::file, in_quotes(path) + " cannot be read: " + why);
}

}  // namespace

std::optional<std::string> machine_environment::variable(std::string_view name) const {
  const char* value = std::getenv(std::string(name).c_str());
  if (!value) return std::nullopt;
  return std::string(value);
}

result<std::string> machine_environment::read_file(const std::string& path) const {
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) return unreadable(path, "it is a folder");
  std::ifstream in(path, std::ios::binary);
  if (!in) return unreadable(path, std::strerror(errno));
  std::string text;
  std::array<char, 64 * 1024> piece;
  while (in && text.size() <= limits::config_file) {
    in.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return unreadable(path, "reading failed");
  if (text.size() > limits::config_file) return unreadable(path, "it is larger than 8 MiB");
  return text;
}

result<std::vector<std::string>> machine_environment::list_folder(const std::string& path) const {
  std::error_code failure;
  std::vector<std::string> names;
  std::filesystem::directory_iterator it(path, failure);
  for (; !failure && it != std::filesystem::directory_iterator(); it.increment(failure))
    names.push_back(it->path().filename().string());
  if (failure) return unreadable(path, failure.message());
  return names;
}

result<secret> machine_environment::read_secret(const spec::value_source& source) const {
  return resolve(source, *this, {});
}

}  // namespace triggerd::config
