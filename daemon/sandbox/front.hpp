// The sandbox behind its listener: requests of the API go through the fault plan and the model, those below /sandbox/ look
// at it and change the plan. Long polls and streams wait here for what the model says next.
#pragma once

#include "http/message.hpp"
#include "sandbox/effect_file.hpp"
#include "sandbox/faults.hpp"

#include <list>
#include <optional>

namespace triggerd::rehearsal {

struct front_options {
  sandbox::world world;
  std::vector<sandbox::fault_rule> faults;
  std::uint64_t seed = 1;
  std::optional<effect_file> effects;
};

class front {
 public:
  front(front_options options, const clock& clock, timers& timers);
  front(const front&) = delete;
  front& operator=(const front&) = delete;

  task<http::reply> answer(http::request asked);
  // Ends what waits; nothing waits afterwards.
  void close();
  // What was due until now, and the last lines of the effects file. False when some could not be written.
  bool settle();

 private:
  // front_waits.cpp
  using question = std::shared_ptr<const sandbox::request>;
  task<sandbox::reply> hold(sandbox::reply first);
  http::body_source follow(question next);
  task<std::optional<std::string>> next_part(std::shared_ptr<question> at);
  task<> wait_for_change(instant until);
  sandbox::reply ask_again(const sandbox::request& what);
  void wake_all();

  http::reply control(const http::request& asked);
  // ?after=N&limit=M: lines of JSON, oldest first; "x-sandbox-last" says how far the log goes.
  http::reply effects(std::string_view query) const;
  http::reply summary() const;
  // A plan as TOML replaces the old one, an empty body clears it; times count from now.
  http::reply replace_faults(const std::string& text);

  const clock& clock_;
  timers& timers_;
  std::uint64_t seed_;
  instant start_;
  std::optional<effect_file> file_;
  sandbox::model model_;
  sandbox::fault_plan plan_;
  cancellation closing_;
  std::list<cancellation*> waiting_;
};

}  // namespace triggerd::rehearsal
