#include "conformance/replay.hpp"

#include "conformance/caller.hpp"
#include "conformance/compare.hpp"
#include "conformance/conversation.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_time.hpp"

#include <algorithm>
#include <optional>

namespace triggerd::conformance {

namespace {

using wire = triggerd::test::scripted_transport;

constexpr std::size_t most_requests = 100;  // of one recording; more mean a loop without end

transport::outcome outcome_of(const json& answer) {
  if (answer.contains("action")) return wire::ambiguous();
  wire::header_list head;
  for (const auto& one : answer.at("headers").items()) head.emplace_back(one.key(), one.value().get<std::string>());
  return wire::reply(answer.at("status").get<int>(), answer.at("body").get<std::string>(), head);
}

bool same_request(const json& recorded, const transport::request& ours) {
  return recorded.at("method") == ours.method && recorded.at("target") == target_of(ours.url) &&
         recorded.at("headers").value("authorization", std::string()) == header_of(ours, "authorization");
}

// Answers what the recorded server answered to the like request, in whichever order they come.
class recorded_server {
 public:
  explicit recorded_server(const json& recording)
      : requests_(first_attempts(recording.at("requests"))),
        answers_(recording.at("responses_given")),
        used_(requests_.size()) {}

  transport::outcome answer(const transport::request& what) {
    if (++asked_ > most_requests) return wire::not_sent(transport::codes::unusable);
    for (const bool alike : {true, false})
      for (std::size_t i = 0; i < requests_.size(); ++i)
        if (!used_[i] && (!alike || same_request(requests_[i], what))) return take(i);
    return wire::reply(404, "{}");
  }

 private:
  transport::outcome take(std::size_t i) {
    used_[i] = true;
    return outcome_of(answers_.at(requests_[i].at("index").get<std::size_t>()));
  }

  json requests_;
  const json& answers_;
  std::vector<bool> used_;
  std::size_t asked_ = 0;
};

task<> run_step(const caller& from, const json& step, std::optional<result<verdict>>& out) {
  const auto call = step.at("call").get<std::string>();
  const bool iterate = step.value("collect", std::string()) == "iterate";
  out.emplace(co_await converse(from, call, step.at("args"), iterate));
}

struct world {
  explicit world(const json& recording) : server(recording) {
    net->otherwise([this](const transport::request& what) { return server.answer(what); });
  }
  recorded_server server;
  triggerd::test::virtual_time time;
  seeded_random random{1};
  std::shared_ptr<wire> net = std::make_shared<wire>();
};

json steps_of(const json& call) { return call.contains("steps") ? call["steps"] : json::array({call}); }

// The failure's status, also when another error stands around it. Unset: the SDK returned a value.
std::optional<int> failed_status(const json& outcome) {
  if (!outcome.contains("error")) return std::nullopt;
  const json& error = outcome["error"];
  if (error.contains("status")) return error["status"].get<int>();
  if (error.contains("cause") && error["cause"].contains("status")) return error["cause"]["status"].get<int>();
  return 0;
}

void compare_verdict(judgement& out, const json& outcome, const verdict& ours, bool anything_sent, tally& met) {
  const auto theirs = failed_status(outcome);
  if (theirs == 0 && anything_sent && ours.ok) {
    ++met[differs::no_token.name];  // the SDK failed after its request had succeeded
    return;
  }
  if (theirs.has_value() == ours.ok || (theirs && *theirs != ours.status))
    out.complaints.push_back("outcome: recorded " +
                             (theirs ? "a failure with status " + std::to_string(*theirs) : "a value") + ", ours " +
                             (ours.ok ? "a value" : "a failure with status " + std::to_string(ours.status)));
}

// Parallel calls arrive in any order.
template <class Range, class Key>
void sort_by(Range& range, Key key) {
  std::stable_sort(range.begin(), range.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

void sort_both(json& theirs, std::vector<transport::request>& ours) {
  sort_by(theirs, [](const json& one) {
    return one.at("method").get<std::string>() + one.at("target").get<std::string>() +
           one.at("headers").value("authorization", std::string());
  });
  sort_by(ours, [](const transport::request& one) {
    return one.method + target_of(one.url) + header_of(one, "authorization");
  });
}

}  // namespace

json first_attempts(const json& requests) {
  json firsts = json::array();
  for (const auto& one : requests) {
    const auto id = one.at("headers").value("x-trigger-request-idempotency-key", std::string());
    const bool again = std::any_of(firsts.begin(), firsts.end(), [&](const json& first) {
      if (first.at("target") != one.at("target") || first.at("body") != one.at("body")) return false;
      return first.at("headers").value("x-trigger-request-idempotency-key", std::string()) == id;
    });
    if (!again) firsts.push_back(one);
  }
  return firsts;
}

judgement judge(const json& recording, tally& met) {
  judgement out;
  out.name = recording.at("name").get<std::string>();
  const json& call = recording.at("sdk_call");
  if (call.contains("describe")) {
    out.unmapped = "the call is told in words";
    return out;
  }
  world w(recording);
  const json steps = steps_of(call);
  const json& outcome = recording.at("outcome");
  json theirs = first_attempts(recording.at("requests"));
  const bool retried = theirs.size() != recording.at("requests").size();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto from = caller_of(call, steps[i], {w.net, w.time, w.random});
    if (!from) {
      out.unmapped = from.error().message;
      return out;
    }
    const auto before = w.net->requests.size();
    std::optional<result<verdict>> ours;
    w.time.spawn(run_step(*from, steps[i], ours));
    w.time.run();
    if (!ours || !*ours) {
      out.unmapped = ours ? ours->error().message : "the call did not end";
      return out;
    }
    const json& expected = outcome.contains("steps") ? outcome["steps"].at(i) : outcome;
    if (!retried) compare_verdict(out, expected, **ours, w.net->requests.size() > before, met);
  }
  auto& asked = w.net->requests;
  if (call.value("parallel", false)) sort_both(theirs, asked);
  if (theirs.size() != asked.size())
    out.complaints.push_back("number of requests: recorded " + std::to_string(theirs.size()) + ", ours " +
                             std::to_string(asked.size()));
  const json additional = additional_headers(call, steps[0]);
  for (std::size_t i = 0; i < std::min(theirs.size(), asked.size()); ++i, ++out.requests)
    for (auto& one : compare(theirs[i], asked[i], additional, met)) out.complaints.push_back(std::move(one));
  return out;
}

}  // namespace triggerd::conformance
