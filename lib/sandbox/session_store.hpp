// Sessions: a pair of channels bound to a task, with a run that answers what comes in (contract API.md 16).
#pragma once

#include "sandbox/channel.hpp"
#include "sandbox/places.hpp"

#include <deque>
#include <map>

namespace triggerd::sandbox {

struct state;

struct channel_pair {
  channel in, out;
};

// Something that came in and is not answered yet.
struct turn {
  std::string channel;  // its name; empty: the session's own
  std::uint64_t seq = 0;
};

struct session {
  std::uint64_t number = 0;
  live_environment* where = nullptr;
  std::string external;  // empty: none
  std::string type, task;
  json trigger_config;
  json metadata;  // null: none
  std::vector<std::string> tags;
  std::uint64_t run = 0;  // the current one
  std::optional<instant> closed, expires;
  std::optional<std::string> closed_reason;
  instant created{}, updated{};
  std::map<std::string, channel_pair, std::less<>> channels;  // "" is its own
  std::deque<turn> turns;

  bool is_over(instant now) const { return closed || (expires && *expires <= now); }
  std::string_view status(instant now) const;  // ACTIVE, CLOSED, EXPIRED
};

class session_store {
 public:
  explicit session_store(std::uint64_t seed) : seed_(seed) {}

  session& create(live_environment& where, const std::string& external, instant now);
  void name(session& of, const std::string& external);
  session* find(std::string_view either_id, const live_environment& in);
  session& at(std::uint64_t number) { return sessions_[number - 1]; }
  std::string id_of(const session& of) const;
  std::size_t size() const { return sessions_.size(); }
  const std::vector<std::uint64_t>& all(const live_environment& in);  // oldest first

  // The run will answer what came in as `seq`.
  void expect_turn(state& in, session& of, const std::string& channel, std::uint64_t seq);
  void due(state& in, session& of);
  void close(session& of, std::optional<std::string> reason, instant now);

 private:
  struct home {
    std::vector<std::uint64_t> all;
    std::map<std::string, std::uint64_t, std::less<>> by_external;
  };
  std::uint64_t seed_;
  std::deque<session> sessions_;
  std::map<const live_environment*, home> homes_;
};

}  // namespace triggerd::sandbox
