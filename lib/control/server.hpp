// The local socket: who may come in, how many, and who answers them.
#pragma once

#include "control/dispatch.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <list>
#include <memory>

#include <unistd.h>

namespace triggerd::control {

class session;

struct server_options {
  const interface& speaks;  // outlives the server
  std::vector<verb> verbs;
  std::vector<rule> rules = {};
  product_info about = {};
  std::function<void(const audit_entry&)> audit = {};
  uid_t own = ::geteuid();
  std::function<result<peer>(int)> identify = peer_of;  // tests say who connects
};

class server {
 public:
  server(asio::any_io_executor loop, timers& timers, const clock& clock, log& log, server_options options);
  ~server();  // after close()
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  // Makes the socket, mode 0666: peer credentials decide, not the file's mode. The directory (0750) is the caller's.
  // A socket left behind by a dead daemon is removed, so the caller must hold the state lock: it proves that the owner
  // of the old one is gone. Anything else at that path is an error.
  result<> listen(const std::string& path);
  // Serves a listening descriptor that the service manager passed on; owns it from here on, and never removes its path.
  result<> adopt(int descriptor);

  // Takes effect at the next call of every connection.
  void set_rules(std::vector<rule> rules) { dispatcher_.set_rules(std::move(rules)); }
  std::size_t sessions() const { return sessions_.size(); }

  // Takes no more connections and no more calls, lets running verbs end (their gone() is requested) and their replies
  // be read, removes the socket. Never await this inside a verb: it waits for the verb.
  task<> close();

 private:
  using protocol = asio::local::stream_protocol;
  void open(int descriptor);
  task<> accept();
  void admit(protocol::socket connection);
  void refuse(protocol::socket& connection, std::size_t most);
  task<> serve(std::shared_ptr<session> one);
  void remove_path();

  asio::any_io_executor loop_;
  timers& timers_;
  const clock& clock_;
  log& log_;
  complaints refused_;
  dispatcher dispatcher_;
  std::function<result<peer>(int)> identify_;
  protocol::acceptor acceptor_;
  std::string path_;  // ours to remove; empty when inherited
  ino_t inode_ = 0;
  cancellation closing_;
  std::list<std::shared_ptr<session>> sessions_;
  task_group children_;
};

}  // namespace triggerd::control
