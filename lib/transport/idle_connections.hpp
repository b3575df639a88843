// The HTTP/1 connections of one multi handle that wait for their next request.
//
// Nobody asked for what comes in on one of them: a second reply to the last request, or the 408 with which a proxy closes
// it. libcurl before 8.0 takes such a connection for a good one, and what came for the answer to the next request
// (curl#10646). So it is made to look dead before curl chooses. HTTP/2 numbers its replies, and its idle frames are
// harmless.
#pragma once

#include <curl/curl.h>

#include <optional>
#include <unordered_set>

namespace triggerd::transport {

class idle_connections {
 public:
  // The HTTP/1 connection that the last exchange of this handle went over, when curl kept it.
  static std::optional<int> kept_by(CURL* handle);
  void add(int socket) { sockets_.insert(socket); }   // nobody's now
  void taken(int socket) { sockets_.erase(socket); }  // or closed
  // Ends those on which something came in. What comes later than this cannot be told from an answer.
  void end_stale();

 private:
  std::unordered_set<int> sockets_;
};

}  // namespace triggerd::transport
