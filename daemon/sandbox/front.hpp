// The sandbox behind its listener: requests of the API go through the fault plan and the model, those below /sandbox/ look
// at it and change the plan.
#pragma once

#include "http/message.hpp"
#include "sandbox/effect_file.hpp"
#include "sandbox/faults.hpp"

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
  front(front_options options, const clock& clock);
  front(const front&) = delete;
  front& operator=(const front&) = delete;

  http::reply answer(http::request asked);
  // What was due until now, and the last lines of the effects file. False when some could not be written.
  bool settle();

 private:
  http::reply control(const http::request& asked);
  // ?after=N&limit=M: lines of JSON, oldest first; "x-sandbox-last" says how far the log goes.
  http::reply effects(std::string_view query) const;
  http::reply summary() const;
  // A plan as TOML replaces the old one, an empty body clears it; times count from now.
  http::reply replace_faults(const std::string& text);

  const clock& clock_;
  std::uint64_t seed_;
  instant start_;
  std::optional<effect_file> file_;
  sandbox::model model_;
  sandbox::fault_plan plan_;
};

}  // namespace triggerd::rehearsal
