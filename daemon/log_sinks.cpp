#include "log_sinks.hpp"

#include "base/text.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace triggerd {

namespace {

constexpr char separator = '\x1f';  // never inside a record: its texts are printable

log_record unpack(std::string_view packed, log_level level, instant at) {
  log_record out;
  out.level = level;
  out.at = at;
  const auto parts = text::split(packed, separator);
  out.message = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = parts[i].find('=');
    if (equals != std::string_view::npos)
      out.fields.emplace_back(parts[i].substr(0, equals), parts[i].substr(equals + 1));
  }
  return out;
}

log_level level_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace: return log_level::debug;
    case spdlog::level::debug: return log_level::info;
    case spdlog::level::info: return log_level::notice;
    case spdlog::level::warn: return log_level::warning;
    default: return log_level::error;
  }
}

constexpr const char* journal_path = "/run/systemd/journal/socket";

class journal_socket {
 public:
  journal_socket() : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    address_.sun_family = AF_UNIX;
    std::strncpy(address_.sun_path, journal_path, sizeof address_.sun_path - 1);
  }
  ~journal_socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  journal_socket(const journal_socket&) = delete;
  journal_socket& operator=(const journal_socket&) = delete;

  bool send(const std::string& bytes) const {
    const auto* to = reinterpret_cast<const sockaddr*>(&address_);
    const ssize_t sent = ::sendto(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL, to, sizeof address_);
    return sent == static_cast<ssize_t>(bytes.size());
  }

 private:
  int descriptor_;
  sockaddr_un address_{};
};

}  // namespace

byte_taker descriptor_taker(int descriptor) {
  return [descriptor](const std::string& line) {
    pollfd ready{descriptor, POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
    return ::write(descriptor, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  };
}

byte_taker journal_taker() {
  const auto socket = std::make_shared<journal_socket>();
  return [socket](const std::string& datagram) { return socket->send(datagram); };
}

bool journal_is_there() { return ::access(journal_path, W_OK) == 0; }

bool journal_reads(int descriptor) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat facts {};
  if (stream == nullptr || ::fstat(descriptor, &facts) != 0) return false;
  return std::to_string(facts.st_dev) + ':' + std::to_string(facts.st_ino) == stream;
}

spdlog::level::level_enum spdlog_level(log_level level) {
  switch (level) {
    case log_level::debug: return spdlog::level::trace;
    case log_level::info: return spdlog::level::debug;
    case log_level::notice: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: break;
  }
  return spdlog::level::err;
}

std::string pack(const log_record& what) {
  std::string out = what.message;
  for (const auto& [field, value] : what.fields) out += separator + field + '=' + value;
  return out;
}

void record_sink::sink_it_(const spdlog::details::log_msg& what) {
  tell_lost();
  const std::string_view packed(what.payload.data(), what.payload.size());
  if (!take_(form_(unpack(packed, level_of(what.level), clock_.now())))) ++lost_;
}

void record_sink::tell_lost() {
  if (lost_ == 0) return;
  log_record loss;
  loss.level = log_level::warning;
  loss.at = clock_.now();
  loss.message = std::to_string(lost_) + " messages were lost because nobody read them";
  if (take_(form_(loss))) lost_ = 0;
}

}  // namespace triggerd
