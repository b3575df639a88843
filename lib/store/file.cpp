#include "store/file.hpp"

#include "store/codes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace triggerd::store {

namespace {

constexpr mode_t owner_only = 0600;
constexpr std::size_t read_at_once = 64u << 10;

// Nothing: the end.
result<std::string_view> read_some(int fd, const std::string& path, std::string& room) {
  for (;;) {
    const ssize_t got = ::read(fd, room.data(), room.size());
    if (got >= 0) return std::string_view(room.data(), static_cast<std::size_t>(got));
    if (errno != EINTR) return system_trouble(path, "read", errno);
  }
}

result<> write_all(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_trouble(path, "write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

result<> copy_bytes(int from, const std::string& from_name, int to, const std::string& to_name) {
  std::string room(read_at_once, '\0');
  for (;;) {
    const auto some = read_some(from, from_name, room);
    if (!some) return some.error();
    if (some->empty()) break;
    if (const auto written = write_all(to, to_name, *some); !written) return written;
  }
  // Pipes and terminals cannot be synced, and say so.
  if (::fsync(to) != 0 && errno != EINVAL && errno != EROFS) return system_trouble(to_name, "sync", errno);
  return {};
}

}  // namespace

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

descriptor::~descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

error system_trouble(const std::string& path, std::string_view verb, int number) {
  return fail(codes::disk, path + ": cannot " + std::string(verb) + ": " + std::generic_category().message(number));
}

bool exists(const std::string& path) {
  struct stat seen {};
  return ::lstat(path.c_str(), &seen) == 0;
}

result<> move_file(const std::string& from, const std::string& to) {
  // Not every file system knows RENAME_NOREPLACE; the lock on the state directory keeps others from racing us here.
  if (exists(to)) return system_trouble(from, "rename to " + to, EEXIST);
  if (::rename(from.c_str(), to.c_str()) != 0) return system_trouble(from, "rename to " + to, errno);
  return {};
}

result<> sync_directory(const std::string& path) {
  const descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) return system_trouble(path, "sync the directory", errno);
  return {};
}

result<> sync_directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return sync_directory(".");
  return sync_directory(slash == 0 ? "/" : path.substr(0, slash));
}

result<> make_private_file(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, owner_only));
  if (!file) return system_trouble(path, "open", errno);
  struct stat seen {};
  if (::fstat(file.get(), &seen) != 0) return system_trouble(path, "look at", errno);
  if (!S_ISREG(seen.st_mode)) return fail(codes::disk, path + ": is not a regular file");
  if ((seen.st_mode & 07777) != owner_only && ::fchmod(file.get(), owner_only) != 0)
    return system_trouble(path, "make private", errno);
  return sync_directory_of(path);
}

result<> make_private_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return sync_directory_of(path);
  if (errno != EEXIST) return system_trouble(path, "make the directory", errno);
  struct stat seen {};
  if (::stat(path.c_str(), &seen) != 0) return system_trouble(path, "look at", errno);
  if (!S_ISDIR(seen.st_mode)) return fail(codes::disk, path + ": is not a directory");
  return {};
}

result<> write_durable(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  {
    const descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, owner_only));
    if (!file) return system_trouble(beside, "make", errno);
    auto kept = write_all(file.get(), beside, bytes);
    if (kept && ::fsync(file.get()) != 0) kept = system_trouble(beside, "sync", errno);
    if (kept && ::rename(beside.c_str(), path.c_str()) != 0) kept = system_trouble(beside, "rename", errno);
    if (!kept) {
      ::unlink(beside.c_str());
      return kept;
    }
  }
  const auto kept = sync_directory_of(path);
  if (!kept) ::unlink(path.c_str());  // what may vanish must not be relied on
  return kept;
}

result<std::string> read_whole(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return system_trouble(path, "open", errno);
  std::string bytes, room(read_at_once, '\0');
  for (;;) {
    const auto some = read_some(file.get(), path, room);
    if (!some) return some.error();
    if (some->empty()) return bytes;
    bytes += *some;
  }
}

result<> give_file(const std::string& path, int to) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return system_trouble(path, "open", errno);
  return copy_bytes(file.get(), path, to, "the export");
}

result<> take_file(int from, const std::string& path) {
  const descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, owner_only));
  if (!file) return system_trouble(path, "make", errno);
  return copy_bytes(from, "the export", file.get(), path);
}

result<> half_made::clear() const {
  for (const char* part : {"", "-journal", "-wal", "-shm"}) {
    const std::string name = path_ + part;
    if (::unlink(name.c_str()) != 0 && errno != ENOENT) return system_trouble(name, "remove", errno);
  }
  return {};
}

}  // namespace triggerd::store
