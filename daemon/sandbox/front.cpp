#include "sandbox/front.hpp"

#include "base/text.hpp"
#include "sandbox/fault_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace triggerd::rehearsal {

namespace {

using nlohmann::json;

constexpr std::uint64_t most_effects = 50'000;  // in one reply: some 15 MB
constexpr std::string_view json_type = "application/json; charset=utf-8";

http::reply text_reply(int status, std::string_view type, std::string body) {
  http::reply out;
  out.status = status;
  out.headers = {{"content-type", std::string(type)}, {"cache-control", "no-store"}};
  out.body = std::move(body);
  return out;
}

http::reply json_reply(int status, const json& body) { return text_reply(status, json_type, body.dump() + '\n'); }
http::reply refusal(int status, std::string_view why) { return json_reply(status, {{"error", why}}); }

sandbox::request translated(http::request from) {
  sandbox::request out;
  out.method = std::move(from.method);
  out.target = std::move(from.target);
  out.headers = std::move(from.headers);
  out.body = std::move(from.body);
  return out;
}

http::reply ordered(sandbox::delivery from) {
  using ending = sandbox::delivery::ending;
  http::reply out;
  out.status = from.answer.status;
  out.headers = std::move(from.answer.headers);
  out.body = std::move(from.answer.body);
  out.chunked = true;  // the modelled server never says how long its JSON is
  out.late = from.late;
  out.cut_after = from.cut_after;
  out.bytes_per_second = from.bytes_per_second;
  switch (from.how) {
    case ending::whole: out.how = http::reply::ending::whole; break;
    case ending::reset: out.how = http::reply::ending::reset; break;
    case ending::stall: out.how = http::reply::ending::stall; break;
    case ending::cut: out.how = http::reply::ending::cut; break;
  }
  return out;
}

// A whole number of the query; nullopt when it is none.
std::optional<std::uint64_t> number_in(std::string_view query, std::string_view name, std::uint64_t otherwise) {
  for (const std::string_view pair : text::split(query, '&')) {
    if (!pair.starts_with(name) || pair.substr(name.size(), 1) != "=") continue;
    const std::string_view digits = pair.substr(name.size() + 1);
    std::uint64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
    return value;
  }
  return otherwise;
}

json counted(const sandbox::effect_log& log) {
  json out = json::object();
  for (std::size_t i = 0; i < sandbox::effect_kinds; ++i) {
    const auto kind = static_cast<sandbox::effect_kind>(i);
    out[std::string(name_of(kind))] = log.count(kind);
  }
  return out;
}

}  // namespace

front::front(front_options options, const clock& clock, timers& timers)
    : clock_(clock),
      timers_(timers),
      seed_(options.seed),
      start_(clock.now()),
      file_(std::move(options.effects)),
      model_(std::move(options.world), options.seed, start_),
      plan_(std::move(options.faults), options.seed, start_) {
  if (file_) model_.effects().on_append([this](const sandbox::effect& one) { file_->append(one); });
}

task<http::reply> front::answer(http::request asked) {
  if (asked.target.starts_with("/sandbox/")) {
    model_.advance(clock_.now());
    http::reply out = control(asked);
    if (file_) file_->flush();
    co_return out;
  }
  sandbox::delivery back = sandbox::deliver(model_, plan_, translated(std::move(asked)), clock_.now());
  if (file_) file_->flush();
  wake_all();
  const bool goes_on = back.answer.again != nullptr && back.how == sandbox::delivery::ending::whole;
  if (goes_on && !back.answer.streams) {
    sandbox::reply first = std::move(back.answer);
    back.answer = co_await hold(std::move(first));
  }
  const question next = goes_on && back.answer.streams ? back.answer.again : nullptr;
  http::reply out = ordered(std::move(back));
  if (next != nullptr) out.rest = follow(next);
  co_return out;
}

bool front::settle() {
  model_.advance(clock_.now());
  return !file_ || file_->flush();
}

http::reply front::control(const http::request& asked) {
  const std::string_view target = asked.target;
  const std::size_t mark = target.find('?');
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  const bool reads = asked.method == "GET" || asked.method == "HEAD";
  if (path == "/sandbox/effects") return reads ? effects(query) : refusal(405, "only GET");
  if (path == "/sandbox/summary") return reads ? summary() : refusal(405, "only GET");
  if (path == "/sandbox/faults") return asked.method == "POST" ? replace_faults(asked.body) : refusal(405, "only POST");
  return refusal(404, "there are /sandbox/effects, /sandbox/summary and /sandbox/faults");
}

http::reply front::effects(std::string_view query) const {
  const auto after = number_in(query, "after", 0);
  const auto limit = number_in(query, "limit", most_effects);
  if (!after || !limit) return refusal(400, "after and limit are whole numbers");
  const sandbox::effect_log& log = model_.effects();
  const auto& all = log.all();
  std::string lines;
  // Numbers follow each other, so that the place of the first one wanted is known.
  const std::uint64_t skip = *after < log.first() ? 0 : *after - log.first() + 1;
  for (std::uint64_t i = skip; i < all.size() && i - skip < std::min(*limit, most_effects); ++i)
    lines += to_json(all[i]) + '\n';
  http::reply out = text_reply(200, "application/x-ndjson", std::move(lines));
  out.headers.emplace_back("x-sandbox-first", std::to_string(log.first()));
  out.headers.emplace_back("x-sandbox-last", std::to_string(log.last()));
  return out;
}

http::reply front::summary() const {
  json faults = json::array();
  for (std::size_t i = 0; i < plan_.rules().size(); ++i)
    faults.push_back({{"name", plan_.rules()[i].name}, {"fired", plan_.fired()[i]}});
  json runs = json::object();
  for (const auto& [place, counts] : model_.run_counts()) runs[place] = counts;
  return json_reply(200, {{"now", text::iso(model_.now())},
                          {"started", text::iso(start_)},
                          {"seed", seed_},
                          {"requests", model_.requests()},
                          {"last_effect", model_.effects().last()},
                          {"effects", counted(model_.effects())},
                          {"runs", std::move(runs)},
                          {"faults", std::move(faults)}});
}

http::reply front::replace_faults(const std::string& text) {
  auto rules = parse_faults(text, "faults");
  if (!rules) return refusal(400, rules.error().message);
  const std::size_t count = rules->size();
  plan_.replace(std::move(*rules), clock_.now());
  return json_reply(200, {{"faults", count}});
}

}  // namespace triggerd::rehearsal
