// A server made to misbehave: raw sockets, a thread per connection, and a script that says what happens on each.
//
//   test::raw_server server([](auto& c) {
//     while (c.read_request()) c.send(test::reply(200, "{}"));
//   });
//   ... server.url("/x"), server.count("POST") ...
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace triggerd::test {

inline std::string reply(int status, std::string_view body, std::string_view more_headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " Any\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body);
}

// A listening socket on a free port of 127.0.0.1.
class listener {
 public:
  listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(fd_, 1024) != 0 ||
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) != 0)
      throw std::runtime_error("no listening socket");
    port_ = ntohs(at.sin_port);
  }
  ~listener() {
    stop();
    ::close(fd_);
  }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  int accept() { return ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC); }  // negative after stop()
  bool has_caller() const {
    pollfd ask{fd_, POLLIN, 0};
    return ::poll(&ask, 1, 0) == 1;
  }
  void stop() { ::shutdown(fd_, SHUT_RDWR); }  // later connections are refused
  int port() const { return port_; }

 private:
  int fd_;
  int port_ = 0;
};

// One end of a connection. Closed with it.
class peer {
 public:
  explicit peer(int fd) : fd_(fd) {}
  ~peer() { close(); }
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // What is there, at least one byte; empty when the other side is gone.
  std::string receive() {
    std::string bytes(64 * 1024, '\0');
    const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  void wait_for_the_end() {
    while (!receive().empty()) {
    }
  }
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
  }
  void interrupt() { ::shutdown(fd_, SHUT_RDWR); }  // wakes a thread that reads
  void close() {
    const std::lock_guard lock(closing_);
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void interrupt_if_open() {
    const std::lock_guard lock(closing_);
    if (fd_ >= 0) interrupt();
  }

 private:
  std::mutex closing_;
  std::atomic<int> fd_;
};

class raw_server {
 public:
  struct seen {
    int connection = 0;  // counted from 0
    std::string head;    // with the empty line
    std::string body;    // of chunked ones the raw chunks
  };

  class connection {
   public:
    connection(raw_server& server, peer& wire, int number) : number(number), server_(server), wire_(wire) {}
    const int number;

    // A whole request, recorded; nullopt when the client went away first.
    std::optional<seen> read_request() {
      auto got = read_head();
      if (!got || !read_body(*got)) return std::nullopt;
      server_.record(*got);
      return got;
    }
    // Only its head; the body stays unread.
    std::optional<seen> read_head() {
      std::size_t end = 0;
      while ((end = rest_.find("\r\n\r\n")) == std::string::npos)
        if (!more()) return std::nullopt;
      seen got{number, rest_.substr(0, end + 4), {}};
      rest_.erase(0, end + 4);
      return got;
    }
    // Exactly so many raw bytes; nullopt when the client went away first.
    std::optional<std::string> read_bytes(std::size_t size) {
      while (rest_.size() < size)
        if (!more()) return std::nullopt;
      std::string bytes = rest_.substr(0, size);
      rest_.erase(0, size);
      return bytes;
    }
    void record(const seen& one) { server_.record(one); }  // for what is no HTTP/1.1
    bool send(std::string_view bytes) { return wire_.send(bytes); }
    void close() { wire_.close(); }
    void reset() { wire_.reset(); }
    void wait_for_the_end() { wire_.wait_for_the_end(); }
    void stop_listening() { server_.listener_.stop(); }

   private:
    bool more() {
      const std::string bytes = wire_.receive();
      rest_ += bytes;
      return !bytes.empty();
    }
    bool read_body(seen& got) {
      const std::size_t size = length_of(got.head);
      const bool chunked = got.head.find("chunked") != std::string::npos;
      const auto whole = [&] {
        if (!chunked) return rest_.size() >= size;
        return rest_.find("0\r\n\r\n") != std::string::npos;
      };
      while (!whole())
        if (!more()) return false;
      const std::size_t end = chunked ? rest_.find("0\r\n\r\n") + 5 : size;
      got.body = rest_.substr(0, end);
      rest_.erase(0, end);
      return true;
    }
    static std::size_t length_of(std::string_view head) {
      const auto at = head.find("Content-Length: ");
      if (at == std::string_view::npos) return 0;
      std::size_t size = 0;
      std::from_chars(head.data() + at + 16, head.data() + head.size(), size);
      return size;
    }

    raw_server& server_;
    peer& wire_;
    std::string rest_;
  };

  using script = std::function<void(connection&)>;

  explicit raw_server(script run) : run_(std::move(run)), accepting_([this] { accept(); }) {}
  ~raw_server() {
    listener_.stop();
    accepting_.join();
    for (auto& one : served_) one->wire.interrupt_if_open();
    for (auto& one : served_) one->thread.join();
  }
  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  int port() const { return listener_.port(); }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
  }
  std::vector<seen> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  // Requests that arrived whole and start so: "POST", or "GET /x".
  std::size_t count(std::string_view start) const {
    const std::lock_guard lock(mutex_);
    std::size_t found = 0;
    for (const auto& one : requests_) found += one.head.starts_with(start) ? 1 : 0;
    return found;
  }
  int connections() const { return connections_; }

 private:
  struct served {
    explicit served(int fd) : wire(fd) {}
    peer wire;
    std::thread thread;
  };

  void accept() {
    for (int fd = listener_.accept(); fd >= 0; fd = listener_.accept()) {
      served_.push_back(std::make_unique<served>(fd));
      served& now = *served_.back();
      const int number = connections_++;
      now.thread = std::thread([this, &now, number] {
        connection mine(*this, now.wire, number);
        run_(mine);
        now.wire.close();
      });
    }
  }
  void record(const seen& one) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(one);
  }

  script run_;
  listener listener_;
  mutable std::mutex mutex_;
  std::vector<seen> requests_;
  std::vector<std::unique_ptr<served>> served_;  // the accepting thread's until it is joined
  std::atomic<int> connections_ = 0;
  std::thread accepting_;
};

// Answers every request with its own body.
inline void echo(raw_server::connection& c) {
  while (const auto asked = c.read_request()) c.send(reply(200, asked->body));
}

}  // namespace triggerd::test
