#include "reject_folder.hpp"

#include "base/text.hpp"
#include "directories.hpp"
#include "store/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace triggerd {

namespace {

bool stays_inside(const std::string& path) {
  if (path.empty() || path.front() == '/' || text::has_control(path)) return false;
  for (const auto part : text::split(path, '/'))
    if (part.empty() || part == "." || part == "..") return false;
  return true;
}

}  // namespace

result<> reject_folder::append(const std::string& path, std::string_view lines) {
  if (!stays_inside(path))
    return fail(codes::invalid_argument,
                "the rejects file " + text::printable(path) + " would not stand in the state directory");
  const std::string full = root_ + '/' + path;
  // One by one: what leads to a folder would be open to everybody.
  for (auto slash = full.find('/', root_.size() + 1); slash != std::string::npos; slash = full.find('/', slash + 1)) {
    const auto folder = make_directory(full.substr(0, slash), 0700);
    if (!folder) return folder.error();
  }
  const store::descriptor file(::open(full.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return store::system_trouble(full, "open", errno);
  while (!lines.empty()) {
    const ssize_t written = ::write(file.get(), lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return store::system_trouble(full, "write", errno);
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace triggerd
