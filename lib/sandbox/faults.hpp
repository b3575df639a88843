// Trouble on request: which requests meet it and what it does. Pure and seeded; the decision is apart from the doing, so
// that a socket and a simulation apply the same plan.
#pragma once

#include "sandbox/model.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace triggerd::sandbox {

enum class fault_kind {
  none,
  status,      // answers `status` instead
  reset,       // breaks the connection
  stall,       // keeps the connection and never answers
  slow,        // answers `bytes_per_second` bytes a second
  truncate,    // breaks the connection inside the body
  wrong_json,  // answers 200 with a body that is no JSON
  delay,       // answers late
};

// Empty and zero fields match everything.
struct fault_rule {
  std::string name;
  // which requests
  std::string method;       // "POST"
  std::string path;         // with '*', without the query: "/api/v1/tasks/*/trigger"
  std::string environment;  // with '*', of place::path
  double probability = 1;
  std::size_t skip = 0;   // so many matching requests pass first
  std::size_t most = 0;   // then so many meet it at most; 0: any number
  milliseconds from{0};   // after the start
  milliseconds until{0};  // 0: no end
  // what happens
  fault_kind what = fault_kind::none;
  bool effect = false;  // the request does its work before the trouble; slow, truncate and delay always do
  int status = 500;
  milliseconds late{0};  // delay: so much later
  std::size_t bytes_per_second = 64;
};

struct fault {
  fault_kind what = fault_kind::none;
  bool effect = true;
  int status = 0;
  milliseconds late{0};
  std::size_t bytes_per_second = 0;
  std::uint64_t draw = 0;  // for choices inside the fault: where a body is cut
};

class fault_plan {
 public:
  fault_plan() = default;
  fault_plan(std::vector<fault_rule> rules, std::uint64_t seed, instant start);

  // The first rule that matches and draws it wins. Counts, so ask once per request.
  fault decide(const request& asked, std::string_view environment, instant now);

  void enable(bool on) { enabled_ = on; }
  bool enabled() const { return enabled_; }
  void replace(std::vector<fault_rule> rules, instant start);
  const std::vector<fault_rule>& rules() const { return rules_; }
  const std::vector<std::size_t>& fired() const { return fired_; }  // per rule

 private:
  bool matches(const fault_rule& rule, const request& asked, std::string_view environment, instant now) const;

  std::vector<fault_rule> rules_;
  std::vector<std::size_t> seen_;  // matching requests
  std::vector<std::size_t> fired_;
  std::uint64_t seed_ = 0;
  instant start_{};
  bool enabled_ = true;
};

// What goes back over the wire. The front writes it on a socket, a simulation turns it into an outcome.
struct delivery {
  enum class ending {
    whole,  // the whole reply arrives
    reset,  // no byte of the reply, the connection breaks
    stall,  // no byte of the reply, the connection stays
    cut,    // the reply's head and `cut_after` bytes of its body, then the connection breaks
  };
  ending how = ending::whole;
  reply answer;          // whole and cut
  bool handled = false;  // the model saw the request
  milliseconds late{0};
  std::size_t cut_after = 0;
  std::size_t bytes_per_second = 0;  // 0: at once
};

// One request through the plan and the model.
delivery deliver(model& model, fault_plan& plan, const request& asked, instant now);

}  // namespace triggerd::sandbox
