#include "conformance/replay.hpp"

#include "conformance/caller.hpp"
#include "conformance/calls.hpp"
#include "conformance/compare.hpp"
#include "conformance/options.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_time.hpp"

#include <algorithm>
#include <optional>

namespace triggerd::conformance {

namespace {

using wire = triggerd::test::scripted_transport;

constexpr auto longest_call = std::chrono::minutes(10);
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
      : requests_(recording.at("requests")), answers_(recording.at("responses_given")), used_(requests_.size()) {}

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
    return i < answers_.size() ? outcome_of(answers_[i]) : wire::reply(200, "{}");
  }

  const json& requests_;
  const json& answers_;
  std::vector<bool> used_;
  std::size_t asked_ = 0;
};

// Options of the request may stand as any argument of a call: they are the client's business.
task<> run_step(caller from, const json& step, std::optional<result<verdict>>& out) {
  const auto name = step.at("call").get<std::string>();
  from.iterates = step.value("collect", std::string()) == "iterate";
  const json& written = step.at("args");
  json args = json::array();
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool is_payload = name.starts_with("tasks.") && i == 1;
    if (!is_payload && is_request_options(written[i])) from.by = from.by.with({.retry = retries_of(written[i])});
    else args.push_back(written[i]);
  }
  const auto* call = find_call(name);
  if (call == nullptr) {
    out.emplace(no_counterpart("there is no operation for " + name));
    co_return;
  }
  out.emplace(co_await call->run(from, args));
}

// A rate limit's end is told as an instant: the clock stands a second before the earliest.
instant start_of(const json& recording) {
  std::optional<std::int64_t> earliest;
  for (const auto& answer : recording.at("responses_given")) {
    if (!answer.contains("headers") || !answer["headers"].contains("x-ratelimit-reset")) continue;
    const auto at = std::stoll(answer["headers"]["x-ratelimit-reset"].get<std::string>());
    if (at > 100'000'000'000 && (!earliest || at < *earliest)) earliest = at;
  }
  return earliest ? instant(milliseconds(*earliest - 1'000)) : instant(milliseconds(1'795'488'166'000));
}

struct world {
  explicit world(const json& recording) : server(recording), time(start_of(recording)) {
    net->otherwise([this](const transport::request& what) {
      asked_at.push_back(std::chrono::duration_cast<milliseconds>(time.steady().time_since_epoch()).count());
      return server.answer(what);
    });
  }
  // From timer to timer, so that no time passes after the last one.
  template <class Done>
  void run_until(Done done) {
    const auto end = time.steady() + longest_call;
    time.run();
    while (!done() && time.steady() < end && time.step()) {
    }
  }

  recorded_server server;
  triggerd::test::virtual_time time;
  std::vector<std::int64_t> asked_at;  // of each request, in milliseconds
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
  // What the server would refuse is refused here already.
  const bool refused_there = theirs && *theirs >= 400 && *theirs < 500;
  if (!ours.ok && ours.status == 0 && !anything_sent && refused_there) {
    ++met[differs::refused_here.name];
    out.refused_here = true;
    return;
  }
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

constexpr std::string_view request_id = "x-trigger-request-idempotency-key";

// Which requests are attempts of one call: each gets the index of the first with its id.
std::vector<std::size_t> grouped(const std::vector<std::string>& ids) {
  std::vector<std::size_t> first(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    first[i] = i;
    for (std::size_t k = 0; k < i && !ids[i].empty(); ++k)
      if (ids[k] == ids[i] && first[i] == i) first[i] = first[k];
  }
  return first;
}

void compare_ids(judgement& out, const json& theirs, const std::vector<transport::request>& ours) {
  std::vector<std::string> their_ids, our_ids;
  for (const auto& one : theirs) their_ids.push_back(one.at("headers").value(std::string(request_id), std::string()));
  for (const auto& one : ours) our_ids.push_back(header_of(one, request_id));
  if (grouped(their_ids) != grouped(our_ids)) out.complaints.push_back("request ids: not the same attempts share one");
}

// Virtual waits against measured ones, which are a little longer; a rate limit adds up to a second at random.
void compare_waits(judgement& out, const json& recording, const std::vector<std::int64_t>& asked_at) {
  constexpr std::int64_t noise_ms = 400;
  const json& theirs = recording.at("requests");
  const json& answers = recording.at("responses_given");
  for (std::size_t i = 1; i < std::min(theirs.size(), asked_at.size()); ++i) {
    const auto measured = theirs[i].at("since_previous_ms").get<std::int64_t>();
    const auto ours = asked_at[i] - asked_at[i - 1];
    const bool limited = i - 1 < answers.size() && answers[i - 1].value("status", 0) == 429;
    const std::int64_t slack = limited ? 2'000 : noise_ms;
    if (ours > measured + (limited ? slack : 25) || ours + slack < measured)
      out.complaints.push_back("wait before request " + std::to_string(i) + ": recorded " + std::to_string(measured) +
                               " ms, ours " + std::to_string(ours) + " ms");
  }
}

void compare_value(judgement& out, const json& outcome, const verdict& ours) {
  if (!outcome.contains("ok") || ours.value.is_null()) return;
  for (const auto& one : ours.value.items()) {
    const json& theirs = outcome["ok"];
    if (!theirs.is_object() || !theirs.contains(one.key()) || theirs[one.key()] != one.value())
      out.complaints.push_back("result: " + one.key() + " is " + one.value().dump());
  }
}

// But for the instants, which both sides take from their clocks; a token lives as long, or ends at the same instant.
void compare_token(judgement& out, const json& outcome, const verdict& ours) {
  if (ours.token.is_null() || !outcome.contains("tokens_decoded")) return;
  json theirs = outcome["tokens_decoded"].at(0);
  json mine = ours.token;
  const auto ends = [](const json& token) {
    const json& claims = token["payload"];
    const auto end = claims.value("exp", std::int64_t{0});
    return std::pair(end, end - claims.value("iat", std::int64_t{0}));
  };
  const auto [their_end, their_life] = ends(theirs);
  const auto [my_end, my_life] = ends(mine);
  if (their_end != my_end && their_life != my_life) out.complaints.push_back("token: it does not live as long");
  for (json* one : {&theirs, &mine})
    for (const auto* name : {"exp", "iat"}) (*one)["payload"].erase(name);
  for (json* one : {&theirs, &mine})  // their order says nothing
    if ((*one)["payload"].contains("scopes"))
      std::sort((*one)["payload"]["scopes"].begin(), (*one)["payload"]["scopes"].end());
  if (theirs != mine) out.complaints.push_back("token: from recorded to ours " + json::diff(theirs, mine).dump());
}

std::string skip_reason(const json& recording) {
  if (recording.at("sdk_call").contains("describe")) return "the call is told in words";
  if (recording.contains("sdk_defect")) return "the SDK's own defect, not to be imitated";
  return {};
}

}  // namespace

judgement judge(const json& recording, tally& met) {
  judgement out;
  out.name = recording.at("name").get<std::string>();
  out.skipped = skip_reason(recording);
  if (!out.skipped.empty()) return out;
  const json& call = recording.at("sdk_call");
  world w(recording);
  const json steps = steps_of(call);
  const bool parallel = call.value("parallel", false);
  std::vector<std::optional<result<verdict>>> ours(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto from = caller_of(call, steps[i], {w.net, w.time, w.time, w.random});
    if (!from) {
      out.unmapped = from.error().message;
      return out;
    }
    w.time.spawn(run_step(std::move(*from), steps[i], ours[i]));
    if (!parallel) w.run_until([&] { return ours[i].has_value(); });
  }
  w.run_until([&] { return std::all_of(ours.begin(), ours.end(), [](const auto& one) { return one.has_value(); }); });
  const json& outcome = recording.at("outcome");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!ours[i] || !*ours[i]) {
      out.unmapped = ours[i] ? ours[i]->error().message : "the call did not end";
      return out;
    }
    const json& expected = outcome.contains("steps") ? outcome["steps"].at(i) : outcome;
    compare_verdict(out, expected, **ours[i], !w.net->requests.empty(), met);
    compare_value(out, expected, **ours[i]);
    compare_token(out, expected, **ours[i]);
  }
  json theirs = recording.at("requests");
  auto& asked = w.net->requests;
  if (parallel) sort_both(theirs, asked);
  else compare_waits(out, recording, w.asked_at);
  if (out.refused_here) return out;
  if (theirs.size() != asked.size())
    out.complaints.push_back("number of requests: recorded " + std::to_string(theirs.size()) + ", ours " +
                             std::to_string(asked.size()));
  else compare_ids(out, theirs, asked);
  const json additional = additional_headers(call, steps[0]);
  for (std::size_t i = 0; i < std::min(theirs.size(), asked.size()); ++i, ++out.requests)
    for (auto& one : compare(theirs[i], asked[i], additional, met)) out.complaints.push_back(std::move(one));
  return out;
}

}  // namespace triggerd::conformance
