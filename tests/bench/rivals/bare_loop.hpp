// libcurl driven by Asio and nothing more: one multi handle per target, one epoll set for the sockets of all of them, easy
// handles that keep their options between requests. What triggerd's transport costs beyond this is what it adds.
#pragma once

#include <curl/curl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace bare {

class transfer;

class loop {
 public:
  loop();
  boost::asio::io_context& context() { return context_; }
  void run();  // until nothing is in flight

 private:
  friend class target;
  void watch(class target& owner, int socket, int what);
  void wait();
  void turn();
  void act_soon(class target& owner);

  boost::asio::io_context context_{1};
  boost::asio::posix::stream_descriptor set_;
  std::vector<class target*> owners_;  // by socket
  std::vector<class target*> due_;
  std::size_t in_flight_ = 0;
  bool posted_ = false;
};

class target {
 public:
  struct settings {
    std::string base_url, token, ca;
    bool http2 = false;
    std::size_t in_flight = 1;
  };
  target(loop& on, settings how);
  ~target();
  target(const target&) = delete;

  void start(transfer& what);

 private:
  friend class loop;
  friend class transfer;
  static int on_socket(CURL*, curl_socket_t socket, int what, void* me, void*);
  static int on_timer(CURLM*, long milliseconds, void* me);
  void act(int socket, int what);
  void collect();

  loop& loop_;
  settings how_;
  CURLM* multi_;
  curl_slist* json_ = nullptr;  // headers
  curl_slist* lines_ = nullptr;
  boost::asio::steady_timer timer_;
  bool is_due_ = false;
};

// One request at a time, and the next with the same handle.
class transfer {
 public:
  transfer();
  ~transfer();
  transfer(const transfer&) = delete;

  using source = std::function<std::size_t(char* to, std::size_t room)>;  // 0: the end

  void post(target& to, const std::string& path, std::string body);
  void stream(target& to, const std::string& path, source lines);

  std::string reply;
  long status = 0;  // 0: none
  std::function<void()> done;

 private:
  friend class target;
  void aim(target& to, const std::string& path, curl_slist* headers);

  CURL* easy_;
  target* prepared_for_ = nullptr;
  std::string path_, body_;
  source lines_;
};

}  // namespace bare
