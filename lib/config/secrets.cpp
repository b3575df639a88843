#include "config/secrets.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "config/checks.hpp"
#include "config/codes.hpp"
#include "config/complaints.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace triggerd::config {

namespace {

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

bool is_inside(const std::string& path, const std::optional<std::string>& folder) {
  return folder && !folder->empty() && path.starts_with(*folder + '/') && path.find("/../") == std::string::npos;
}

result<> check_safety(const std::string& path, const struct stat& facts) {
  if (!S_ISREG(facts.st_mode))
    return fail(codes::secret_unsafe, "the secret " + in_quotes(path) + " is not an ordinary file");
  if (facts.st_mode & (S_IRWXG | S_IRWXO))
    return fail(codes::secret_unsafe, "the secret " + in_quotes(path) +
                                          " is open to its group or to others; run chmod 600 on it, and replace the "
                                          "value if others may have read it");
  if (facts.st_uid != 0 && facts.st_uid != ::geteuid())
    return fail(codes::secret_unsafe,
                "the secret " + in_quotes(path) + " belongs to another user; give it to the user triggerd runs as");
  return {};
}

// The buffer is as long as a secret may be, and the stack gives it for nothing. `size` spares the read that would only
// say that nothing follows; some file systems do not know it.
result<secret> read_all(int fd, std::size_t size, const std::string& path) {
  std::array<char, limits::secret_file + 1> buffer;
  std::size_t filled = 0;
  ssize_t got = 1;
  while (got > 0 && filled < buffer.size() && (filled == 0 || filled != size)) {
    got = ::read(fd, buffer.data() + filled, buffer.size() - filled);
    if (got < 0 && errno == EINTR) got = 1;
    else if (got > 0) filled += static_cast<std::size_t>(got);
  }
  const int why = errno;
  secret value(std::string(buffer.data(), filled));
  ::explicit_bzero(buffer.data(), filled);
  if (got < 0)
    return fail(codes::secret_missing, "the secret " + in_quotes(path) + " cannot be read: " + std::strerror(why));
  if (filled > limits::secret_file)
    return fail(codes::secret_form, "the secret " + in_quotes(path) + " is larger than 64 KiB");
  return value;
}

result<secret> read_secret_file(const std::string& path, bool guarded) {
  // Without O_NONBLOCK opening a FIFO would wait for a writer.
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0)
    return fail(codes::secret_missing, "the secret " + in_quotes(path) + " cannot be opened: " + std::strerror(errno));
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0)
    return fail(codes::secret_missing, "the secret " + in_quotes(path) + " cannot be read: " + std::strerror(errno));
  if (!guarded) {
    const auto safe = check_safety(path, facts);
    if (!safe) return safe.error();
  } else if (!S_ISREG(facts.st_mode)) {
    return fail(codes::secret_unsafe, "the secret " + in_quotes(path) + " is not an ordinary file");
  }
  return read_all(file.get(), static_cast<std::size_t>(facts.st_size), path);
}

result<secret> tidy(secret value, const spec::value_source& source) {
  std::string_view bytes = value.expose();
  if (bytes.ends_with('\n')) bytes.remove_suffix(1);
  if (bytes.empty()) return fail(codes::secret_form, "the " + describe(source) + " is empty");
  if (bytes.size() > limits::secret_file)
    return fail(codes::secret_form, "the " + describe(source) + " is larger than 64 KiB");
  if (text::has_control(bytes))
    return fail(codes::secret_form,
                "the " + describe(source) +
                    " holds control characters; a secret is one line, with at most one newline after it");
  if (bytes.size() == value.expose().size()) return value;
  return secret(std::string(bytes));
}

result<secret> fetch(const spec::value_source& source, const environment& env, const program_runner& run) {
  using kind = spec::value_source::kind;
  const auto credentials = env.variable("CREDENTIALS_DIRECTORY");
  switch (source.from) {
    case kind::env: {
      auto value = env.variable(source.name);
      if (!value) return fail(codes::secret_missing, "the " + describe(source) + " is not set");
      return secret(std::move(*value));
    }
    case kind::file: return read_secret_file(source.name, is_inside(source.name, credentials));
    case kind::systemd: {
      if (!credentials || credentials->empty())
        return fail(codes::not_checkable,
                    "the " + describe(source) + " is not checkable here: systemd gives it to the running service only");
      if (const auto wrong = checks::credential_name(source.name)) return fail(codes::secret_form, *wrong);
      return read_secret_file(*credentials + '/' + source.name, true);
    }
    case kind::exec:
      if (!run) return fail(codes::not_checkable, "the " + describe(source) + " is not run by a check");
      return run(source);
  }
  return fail(codes::secret_missing, "the source of a secret is of no known kind");
}

}  // namespace

std::string describe(const spec::value_source& source) {
  using kind = spec::value_source::kind;
  switch (source.from) {
    case kind::env: return "variable " + in_quotes(source.name);
    case kind::file: return "file " + in_quotes(source.name);
    case kind::systemd: return "credential " + in_quotes(source.name) + " of the unit";
    case kind::exec: return "program " + in_quotes(source.argv.empty() ? std::string() : source.argv.front());
  }
  return {};
}

result<secret> resolve(const spec::value_source& source, const environment& env, const program_runner& run) {
  auto value = fetch(source, env, run);
  if (!value) return value.error();
  return tidy(std::move(*value), source);
}

}  // namespace triggerd::config
