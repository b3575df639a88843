// TLS and HTTP/2 in front of a plain server: certificates made by openssl, nghttpx as the front, and a relay that can cut
// connections between it and the client.
#pragma once

#include "support/raw_server.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>
#include <memory>

namespace triggerd::test {

// A directory with two authorities, and a certificate for 127.0.0.1 and a client certificate from the first.
class certificates {
 public:
  certificates() {
    std::string pattern = (std::filesystem::temp_directory_path() / "triggerd-tls-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
    make_authority("ca", "ours");
    make_authority("other", "foreign");
    for (const char* name : {"server", "client"}) issue(name, "IP:127.0.0.1");
  }
  ~certificates() { std::filesystem::remove_all(directory_); }
  certificates(const certificates&) = delete;
  certificates& operator=(const certificates&) = delete;

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  // NAME.pem and NAME.key, from the first authority. Negative days: it is over.
  void issue(const std::string& name, const std::string& for_whom, int days = 2) {
    std::ofstream(path("names")) << "subjectAltName=" << for_whom << "\n";
    run("req -subj /CN=" + name + key + " -keyout " + path(name + ".key") + " -out " + path(name + ".csr"));
    run("x509 -req -days " + std::to_string(days) + " -in " + path(name + ".csr") + " -CA " + path("ca.pem") +
        " -CAkey " + path("ca.key") + " -CAcreateserial -extfile " + path("names") + " -out " + path(name + ".pem"));
  }

 private:
  static inline const std::string key = " -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

  void make_authority(const std::string& name, const std::string& called) {
    run("req -x509 -days 2 -subj /CN=" + called + key + " -keyout " + path(name + ".key") + " -out " +
        path(name + ".pem"));
  }
  static void run(const std::string& arguments) {
    if (std::system(("openssl " + arguments + " >/dev/null 2>&1").c_str()) != 0)
      throw std::runtime_error("openssl " + arguments);
  }
  std::filesystem::path directory_;
};

// nghttpx: TLS with HTTP/2 and HTTP/1.1 to the client, HTTP/1.1 to the server behind it.
class tls_front {
 public:
  tls_front(const certificates& files, int backend, const std::vector<std::string>& more = {}) {
    {
      const listener free;
      port_ = free.port();
    }
    std::vector<std::string> words{"nghttpx",
                                   "--conf=/dev/null",
                                   "--frontend=127.0.0.1," + std::to_string(port_),
                                   "--backend=127.0.0.1," + std::to_string(backend),
                                   "--no-ocsp",
                                   "--workers=1",
                                   "--errorlog-file=/dev/stderr"};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(files.path("server.key"));
    words.push_back(files.path("server.pem"));
    start(words);
    wait_until_it_listens();
  }
  ~tls_front() {
    ::kill(-process_, SIGKILL);  // its own group: master and worker
    ::waitpid(process_, nullptr, 0);
    drain_.join();
    ::close(said_);
  }
  tls_front(const tls_front&) = delete;
  tls_front& operator=(const tls_front&) = delete;

  int port() const { return port_; }

 private:
  void start(std::vector<std::string>& words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], 2);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int failure = ::posix_spawnp(&process_, "nghttpx", &files, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    ::close(ends[1]);
    said_ = ends[0];
    if (failure != 0) throw std::runtime_error("nghttpx is missing: install nghttp2-proxy");
  }
  // It says "Created worker thread" when it serves; its later words are read away so that it never blocks on them.
  void wait_until_it_listens() {
    std::string text;
    char piece[4096];
    while (text.find("Created worker thread") == std::string::npos) {
      const ssize_t got = ::read(said_, piece, sizeof piece);
      if (got <= 0) throw std::runtime_error("nghttpx did not start: " + text);
      text.append(piece, static_cast<std::size_t>(got));
    }
    drain_ = std::thread([from = said_] {
      char rest[4096];
      while (::read(from, rest, sizeof rest) > 0) {
      }
    });
  }

  int port_ = 0;
  pid_t process_ = 0;
  int said_ = -1;
  std::thread drain_;
};

// Passes bytes on to a port, and resets every connection when told to. Later connections work.
class relay {
 public:
  explicit relay(int to) : to_(to), accepting_([this] { accept(); }) {}
  ~relay() {
    listener_.stop();
    accepting_.join();
    cut();
    for (auto& one : pairs_) {
      one->forth.join();
      one->back.join();
    }
  }
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  int port() const { return listener_.port(); }
  int connections() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(pairs_.size());
  }
  void cut() {
    const std::lock_guard lock(mutex_);
    for (auto& one : pairs_) {
      one->client.interrupt_if_open();
      one->server.interrupt_if_open();
    }
  }

 private:
  struct pair {
    pair(int a, int b) : client(a), server(b) {}
    peer client;
    peer server;
    std::thread forth;
    std::thread back;
  };

  static void pass(peer& from, peer& to) {
    for (std::string bytes = from.receive(); !bytes.empty(); bytes = from.receive())
      if (!to.send(bytes)) break;
    from.interrupt_if_open();
    to.interrupt_if_open();
  }
  void accept() {
    for (int fd = listener_.accept(); fd >= 0; fd = listener_.accept()) {
      const int onward = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in at{};
      at.sin_family = AF_INET;
      at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      at.sin_port = htons(static_cast<std::uint16_t>(to_));
      (void)::connect(onward, reinterpret_cast<sockaddr*>(&at), sizeof at);
      const std::lock_guard lock(mutex_);
      pairs_.push_back(std::make_unique<pair>(fd, onward));
      pair& now = *pairs_.back();
      now.forth = std::thread([&now] { pass(now.client, now.server); });
      now.back = std::thread([&now] { pass(now.server, now.client); });
    }
  }

  int to_;
  listener listener_;
  mutable std::mutex mutex_;
  std::list<std::unique_ptr<pair>> pairs_;
  std::thread accepting_;
};

}  // namespace triggerd::test
