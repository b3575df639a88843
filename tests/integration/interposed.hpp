// Two functions of the C library that this program replaces for everyone, libcurl included, to make them misbehave.
#pragma once

namespace triggerd::test {

// getaddrinfo: names that end in ".invalid" do not exist, and "slow.test" is not answered while one of these lives.
class slow_lookups {
 public:
  slow_lookups();
  ~slow_lookups();
};

// epoll_ctl: a descriptor cannot be added while one of these lives, except by a loop that already watches it.
class refusing_epoll {
 public:
  refusing_epoll();
  ~refusing_epoll();
};

}  // namespace triggerd::test
