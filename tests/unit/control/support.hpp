// A small interface, a server on a socket in a directory of its own, and a peer that speaks bytes.
#pragma once

#include "control/server.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace triggerd::test {

using nlohmann::json;

inline const control::interface& pond() {
  static const control::interface table = [] {
    control::interface out {
      "org.example.Pond", "A pond.", {}, {}, {
        {
          "Dry", "No water.", {
            { "since", "int" }
          }
        }
      }
    };
    out.types.push_back({"Fish", "", {{"name", "string"}, {"weight", "?float"}}});
    out.methods.push_back({"Look", "", {{"deep", "?int"}, {"how", "?(eyes, sonar)"}}, {{"fish", "[]Fish"}}});
    out.methods.push_back({"Feed", "", {{"grams", "int"}}, {{"left", "int"}}});
    out.methods.push_back({"Drain", "", {}, {{"left", "int"}}});
    out.methods.push_back({"Watch", "", {}, {{"n", "int"}, {"text", "?string"}, {"missed", "?int"}}, true});
    out.methods.push_back({"Sleep", "Not served.", {}, {}});
    for (auto& e : control::common_errors()) out.errors.push_back(e);
    return out;
  }();
  return table;
}

class directory {
 public:
  directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "control-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~directory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class lines final : public log {
 public:
  void write(log_level, std::string_view message, std::initializer_list<log_field>) override {
    all.emplace_back(message);
  }
  bool has(std::string_view part) const {
    for (const auto& line : all)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }
  std::vector<std::string> all;
};

// Speaks bytes over a non-blocking socket.
class raw_peer {
 public:
  explicit raw_peer(const std::string& path, int receive_buffer = 0) {
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~raw_peer() { close(); }
  raw_peer(const raw_peer&) = delete;
  raw_peer& operator=(const raw_peer&) = delete;

  bool connected() const { return connected_; }
  std::size_t send(std::string_view bytes) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  void call(const std::string& method, json parameters = json::object(), bool more = false) {
    control::call_message out;
    out.method = method;
    out.parameters = std::move(parameters);
    out.more = more;
    const std::string bytes = control::encode(out);
    REQUIRE(send(bytes) == bytes.size());
  }
  // Every whole message that is there now.
  std::vector<json> receive() {
    char buffer[65536];
    for (;;) {
      const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got == 0) ended_ = true;
      if (got <= 0) break;
      held_.append(buffer, static_cast<std::size_t>(got));
    }
    std::vector<json> out;
    for (std::size_t end = held_.find('\0'); end != std::string::npos; end = held_.find('\0')) {
      out.push_back(json::parse(held_.substr(0, end)));
      held_.erase(0, end + 1);
    }
    return out;
  }
  bool ended() {
    char byte = 0;
    const ssize_t got = ::recv(fd_, &byte, 1, MSG_PEEK);
    return ended_ || got == 0 || (got < 0 && errno == ECONNRESET);
  }
  void say_no_more() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
  bool connected_ = false;
  bool ended_ = false;
  std::string held_;
};

// The pond, served.
class service {
 public:
  service() {
    control::server_options options{pond(), verbs()};
    options.about = {"Example", "pond", "1.2.3", "https://example.org"};
    options.own = 900;
    options.audit = [this](const control::audit_entry& e) { audit.push_back(e); };
    options.identify = [this](int) -> result<control::peer> { return next_peer; };
    server.emplace(time.loop().get_executor(), time, time, log, std::move(options));
    const auto listening = server->listen(path);
    REQUIRE_MESSAGE(listening.has_value(), (listening ? "" : listening.error().describe()));
  }
  ~service() {
    time.spawn(shut(*server, closed));
    for (int i = 0; i < 50 && !closed; ++i) time.advance(milliseconds(100));
    CHECK(closed);
  }

  std::unique_ptr<raw_peer> connect(uid_t uid = 0, int receive_buffer = 0) {
    next_peer = {};
    next_peer.uid = uid;
    next_peer.gid = uid;
    next_peer.pid = 77;
    auto out = std::make_unique<raw_peer>(path, receive_buffer);
    time.run();
    return out;
  }
  std::vector<json> ask(raw_peer& by, const std::string& method, json parameters = json::object()) {
    by.call(method, std::move(parameters));
    time.run();
    return by.receive();
  }

  virtual_time time;
  directory home;
  std::string path = home / "control";
  lines log;
  control::peer next_peer;
  std::vector<control::audit_entry> audit;
  condition ripple;     // wakes Watch
  int ripples = 0;      // how many replies Watch should have made
  std::string filling;  // text of each
  int left = 100;
  int watchers = 0;
  bool closed = false;
  std::optional<control::server> server;

 private:
  static task<> shut(control::server& s, bool& done) {
    co_await s.close();
    done = true;
  }
  static task<> look(control::call& c) {
    json out = json::object();
    out["fish"] = json::array({{{"name", "carp \xff"}, {"weight", 2.5}}});
    co_await c.reply(std::move(out));
  }
  static task<> feed(control::call& c, service& self) {
    const auto grams = c.parameters().at("grams").get<int>();
    json out = json::object();
    if (grams > self.left) {
      out["since"] = 1;
      co_await c.error("Dry", std::move(out));
      co_return;
    }
    self.left -= grams;
    cancellation never;
    co_await sleep_for(self.time, self.time, milliseconds(grams), never);
    out["left"] = self.left;
    co_await c.reply(std::move(out));
  }
  static task<> drain(control::call& c) {
    json out = json::object();
    out["litres"] = "many";  // not what the interface says
    co_await c.reply(std::move(out));
  }
  static task<> watch(control::call& c, service& self) {
    ++self.watchers;
    int n = 0;
    while (c.more()) {
      while (n < self.ripples) {
        json out = json::object();
        out["n"] = ++n;
        if (!self.filling.empty()) out["text"] = self.filling;
        co_await c.stream(std::move(out));
      }
      const bool rippled = co_await self.ripple.wait(c.gone());
      if (!rippled) break;
    }
    --self.watchers;
    json last = json::object();
    last["n"] = -1;
    co_await c.reply(std::move(last));
  }
  std::vector<control::verb> verbs() {
    using control::call;
    using control::role;
    return {
        {"Look", role::read, false, [](call& c) { return look(c); }},
        {"Feed", role::operate, true, [this](call& c) { return feed(c, *this); }, "grams guests"},
        {"Drain", role::admin, true, [](call& c) { return drain(c); }},
        {"Watch", role::read, false, [this](call& c) { return watch(c, *this); }},
    };
  }
};

}  // namespace triggerd::test
