// Connections that do not come about, and exchanges that are stopped before they are over.
#include "integration/misbehaving.hpp"
#include "integration/tls_front.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace triggerd;
using test::raw_server;
using transport::knowledge;
namespace why = transport::codes;

namespace {

// A listener whose queue is full: the kernel leaves later callers without a word.
class full_queue {
 public:
  full_queue() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    socklen_t size = sizeof at_;
    at_.sin_family = AF_INET;
    at_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listening_, address(), size) == 0);
    REQUIRE(::listen(listening_, 0) == 0);
    REQUIRE(::getsockname(listening_, address(), &size) == 0);
    for (auto& one : callers_) {
      one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      (void)::connect(one, address(), size);
    }
  }
  ~full_queue() {
    for (const int one : callers_) ::close(one);
    ::close(listening_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(ntohs(at_.sin_port)) + "/"; }

 private:
  sockaddr* address() { return reinterpret_cast<sockaddr*>(&at_); }
  int listening_;
  int callers_[2] = {-1, -1};
  sockaddr_in at_{};
};

// No descriptor can be opened while one of these lives.
class no_descriptors {
 public:
  no_descriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const int next = ::dup(0);
    ::close(next);
    rlimit now = before_;
    now.rlim_cur = static_cast<rlim_t>(next);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &now) == 0);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

struct counting_sink final : transport::body_sink {
  void began(int, const transport::headers&) override { ++calls; }
  bool take(std::string_view) override {
    ++calls;
    return true;
  }
  int calls = 0;
};

struct connect_case {
  test::wire wire;
};

}  // namespace

TEST_CASE_FIXTURE(connect_case, "a server that takes no connection is a timeout with nothing sent") {
  const full_queue full;
  for (const auto& one : test::every_verb) {
    const auto got = wire.ask(wire.open(), test::hasty(test::request_of(one, full.url())));
    INFO(test::shown(got));
    CHECK(got.what == knowledge::not_sent);
    CHECK(got.failure.code == why::timeout);
  }
}

TEST_CASE_FIXTURE(connect_case, "a network that cannot be reached means that nothing was sent") {
  for (const auto& one : test::every_verb) {
    // No TCP goes to everyone: the kernel says so at once, with or without a network.
    const auto got = wire.ask(wire.open(), test::request_of(one, "http://255.255.255.255:1/"));
    INFO(test::shown(got));
    CHECK(got.what == knowledge::not_sent);
    CHECK(got.failure.code == why::connect);
  }
}

TEST_CASE_FIXTURE(connect_case, "without a free descriptor nothing is sent, kept connections work, and it passes") {
  const test::certificates files;
  raw_server server(test::echo);
  auto& kept = wire.open();
  CHECK(wire.ask(kept, test::request_of("GET", server.url())).what == knowledge::answered);
  auto& fresh = wire.open();
  {
    const no_descriptors none;
    for (const auto& one : test::every_verb) {
      const auto got = wire.ask(fresh, test::request_of(one, server.url()));
      INFO(test::shown(got));
      CHECK(got.what == knowledge::not_sent);
      CHECK(got.failure.code == why::busy);
      CHECK(got.failure.message.find("limit of open files") != std::string::npos);
    }
    for (const char* url : {"http://some.invalid/", "https://some.invalid/"}) {
      transport::curl_options options = test::wire::plaintext();
      options.tls.ca = files.path("ca.pem");  // read at the first request
      for (auto* target : {&fresh, &wire.open(options)}) {
        const auto got = wire.ask(*target, test::request_of(test::with_body, url));
        INFO(test::shown(got));
        CHECK(got.what == knowledge::not_sent);
        CHECK(got.failure.code == why::busy);
      }
    }
    CHECK(wire.ask(kept, test::request_of(test::with_body, server.url("/kept"))).what == knowledge::answered);
  }
  CHECK(server.requests().size() == 2);
  for (const auto& one : test::every_verb)
    CHECK(wire.ask(fresh, test::request_of(one, server.url())).what == knowledge::answered);
}

TEST_CASE_FIXTURE(connect_case,
                  "an exchange that is stopped in any phase says what is known, and is heard of no more") {
  struct phase_of {
    const char* name;
    const char* said;  // of the reply, before the stop
    bool takes_body;
    knowledge left;
  };
  const phase_of phases[] = {
      {"connecting", nullptr, false, knowledge::not_sent},
      {"sending", "", false, knowledge::ambiguous},
      {"waiting", "", true, knowledge::ambiguous},
      {"in the head", "HTTP/1.1 200 OK\r\nTransfer-Enc", true, knowledge::ambiguous},
      {"in the body", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", true, knowledge::ambiguous},
  };
  const full_queue full;
  for (const auto& phase : phases)
    for (const bool closing : {false, true}) {
      std::atomic<bool> there = false;
      std::atomic<bool> stopped = false;
      raw_server server([&](raw_server::connection& c) {
        if (phase.takes_body ? !c.read_request() : !c.read_head()) return;
        c.send(phase.said);
        there = true;
        while (!stopped) std::this_thread::yield();
        c.send("\r\nmore and more and more");
      });
      auto& target = wire.open();
      counting_sink sink;
      cancellation stop;
      auto what = test::request_of("POST", phase.said ? server.url() : full.url());
      what.body = std::make_shared<const std::string>(phase.takes_body ? 10 : std::size_t{16} << 20, 'x');
      what.sink = &sink;
      what.stop = &stop;
      const auto pending = wire.begin(target, std::move(what));
      for (int i = 0; i < 3 || (phase.said && !there); ++i) wire.io.run_one_for(milliseconds(5));
      if (closing) {
        target.close();
      } else {
        stop.request();
      }
      wire.until_all({pending});
      stopped = true;
      INFO(phase.name);
      INFO(test::shown(**pending));
      CHECK((*pending)->what == phase.left);
      CHECK((*pending)->failure.code == why::closed);
      CHECK((*pending)->reply.body.empty());
      const int calls = sink.calls;
      wire.io.restart();
      wire.io.run_for(milliseconds(10));
      CHECK(sink.calls == calls);
      CHECK(target.in_flight() == 0);
    }
}
