#include "bench/origin/service.hpp"

#include "bench/origin/credential.hpp"
#include "bench/origin/date_text.hpp"
#include "bench/origin/json_texts.hpp"

#include <algorithm>
#include <cstdio>

namespace origin {
namespace {

constexpr std::string_view problem_type = "application/problem+json; charset=utf-8";
constexpr std::chrono::milliseconds slow_answer(2000);
constexpr std::uint64_t limit_told = 750;  // to a token that is always limited

reply problem(int status, std::string_view title, std::string_view detail, std::string_view more) {
  reply out;
  out.status = status;
  out.type = problem_type;
  const std::string code = std::to_string(status);
  out.body.append("{\"title\":\"").append(title).append("\",\"status\":").append(code);
  out.body.append(",\"type\":\"https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/").append(code);
  out.body.append("\",\"detail\":\"").append(detail).append("\"").append(more);
  out.body.append(",\"error\":\"").append(detail).append("\"}");
  return out;
}

void tell_limit(reply& to, std::uint64_t limit, std::uint64_t left, std::int64_t reset_ms) {
  to.headers.emplace_back("x-ratelimit-limit", std::to_string(limit));
  to.headers.emplace_back("x-ratelimit-remaining", std::to_string(left));
  to.headers.emplace_back("x-ratelimit-reset", std::to_string(reset_ms));
}

// The general limiter sends no Retry-After.
reply too_many_requests(std::uint64_t limit, std::int64_t reset_ms) {
  char left[32];
  std::snprintf(left, sizeof left, "%.3f", static_cast<double>(std::max<std::int64_t>(0, reset_ms - unix_ms())) / 1000);
  const std::string most = std::to_string(limit);
  reply out = problem(429, "Rate Limit Exceeded",
                      "Rate limit exceeded 0/" + most + " requests remaining. Retry in " + left + " seconds.",
                      ",\"reset\":" + std::to_string(reset_ms) + ",\"limit\":" + most +
                          ",\"remaining\":-1,\"secondsUntilReset\":" + left);
  tell_limit(out, limit, 0, reset_ms);
  return out;
}

std::uint64_t key_hash(const request& asked, std::string_view task, std::string_view key) {
  return hash_of(key, hash_of(task, environment_of(asked.token, asked.branch)));
}

}  // namespace

service::service(settings how) : how_(how), runs_(how.past_runs) {
  if (how_.burst == 0) how_.burst = how_.rate;
}

void service::begin(request& asked) { asked.where = place_of(asked.method, asked.path); }

void service::data(request& asked, std::string_view piece) {
  if (asked.where.what != endpoint::batches_items) {
    asked.body += piece;
    return;
  }
  asked.lines.take(piece, [&](std::string_view line) { item(asked, line); });
}

answer service::finish(request& asked) {
  if (asked.where.what == endpoint::stats || asked.where.what == endpoint::stats_reset) return counts(asked.where.what);
  asked.lines.end([&](std::string_view line) { item(asked, line); });
  ++seen_.requests[static_cast<std::size_t>(asked.where.what)];
  answer out = judge(asked);
  if (!out.what) ++seen_.unanswered;
  else if (out.what->status == 429) ++seen_.throttled;
  return out;
}

answer service::counts(endpoint what) {
  if (what == endpoint::stats_reset) seen_.reset();
  answer out;
  out.what.emplace().body = seen_.json();
  return out;
}

answer service::judge(request& asked) {
  answer out;
  out.after = how_.latency;
  if (asked.token.empty()) {
    out.what = problem(401, "Unauthorized", "No authorization header provided", "");
    return out;
  }
  const std::uint64_t token = hash_of(asked.token);
  seen_.pairs.insert(hash_of(asked.branch, token));
  const std::string_view behaviour = credential_of(asked.token).behaviour;
  if (behaviour == "silent") return {};
  if (behaviour == "slow") out.after += slow_answer;
  if (behaviour == "limited") out.what = too_many_requests(limit_told, unix_ms() + 1000);
  else if (behaviour == "broken") out.what = refuse(500, "Internal Server Error");
  if (out.what) return out;
  reply limits;
  out.what = throttle(token, limits);
  if (out.what) return out;
  out.what = respond(asked);
  if (!limits.headers.empty())
    out.what->headers.insert(out.what->headers.begin(), limits.headers.begin(), limits.headers.end());
  return out;
}

// A bucket that is filled once a second. Either the refusal, or the headers for the reply that may pass.
std::optional<reply> service::throttle(std::uint64_t token, reply& passing) {
  if (how_.rate == 0) return std::nullopt;
  const std::int64_t now = unix_ms();
  bucket& of = buckets_.try_emplace(token, bucket{how_.burst, now}).first->second;
  if (const std::int64_t seconds = (now - of.refilled_ms) / 1000; seconds > 0) {
    of.left = std::min(how_.burst, of.left + static_cast<std::uint64_t>(seconds) * how_.rate);
    of.refilled_ms += seconds * 1000;
  }
  const std::int64_t reset = of.refilled_ms + 1000;
  if (of.left == 0) return too_many_requests(how_.burst, reset);
  tell_limit(passing, how_.burst, --of.left, reset);
  return std::nullopt;
}

reply service::respond(const request& asked) {
  switch (asked.where.what) {
    case endpoint::trigger: return trigger(asked);
    case endpoint::batches_create: return runs_.create_batch(asked);
    case endpoint::batches_items: return runs_.take_items(asked);
    case endpoint::batches_retrieve: return runs_.show_batch(asked);
    case endpoint::runs_list: return runs_.list(asked);
    case endpoint::runs_retrieve: return runs_.show(asked);
    case endpoint::runs_replay: return runs_.replay();
    case endpoint::bulk_create: return runs_.create_bulk(asked);
    case endpoint::bulk_list: return runs_.list_bulks();
    case endpoint::bulk_retrieve: return runs_.show_bulk(asked);
    case endpoint::whoami: return whoami(asked);
    case endpoint::other:
    case endpoint::stats:
    case endpoint::stats_reset: return refuse(404, "Not found");
    default: return variables_.answer(asked);
  }
}

// The run's id is made of the key, so that the same key gives the same run and the key's hash alone is kept.
reply service::trigger(const request& asked) {
  const std::string_view key = asked.key.empty() ? text_in(asked.body, "\"idempotencyKey\":\"") : asked.key;
  if (key.empty()) return runs_.triggered(runs_.next(), false);
  const std::uint64_t hash = key_hash(asked, asked.where.id, key);
  const bool is_new = is_new_key(hash);
  return runs_.triggered(runs::keyed(hash), !is_new);
}

void service::item(request& asked, std::string_view line) {
  ++asked.items;
  ++seen_.items;
  const std::string_view key = text_in(line, "\"idempotencyKey\":\"");
  if (!key.empty()) is_new_key(key_hash(asked, text_in(line, "\"task\":\""), key));
}

bool service::is_new_key(std::uint64_t hash) {
  const bool is_new = seen_.keys.insert(hash);
  if (!is_new) ++seen_.repeated_keys;
  return is_new;
}

reply service::whoami(const request& asked) const {
  const credential who = credential_of(asked.token);
  const bool preview = who.kind == "preview";
  const std::string_view type = who.kind == "prod"  ? "PRODUCTION"
                                : who.kind == "stg" ? "STAGING"
                                : preview           ? "PREVIEW"
                                                    : "DEVELOPMENT";
  const std::string id = id_text("", environment_of(asked.token, asked.branch));
  const std::string parent = preview ? '"' + id_text("", hash_of(asked.token)) + '"' : "null";
  const std::string branch = preview ? '"' + asked.branch + '"' : "null";
  const std::string project = id_text("", hash_of(who.name));
  reply out;
  out.body.append("{\"id\":\"").append(id).append("\",\"slug\":\"").append(who.kind).append("\",\"type\":\"");
  out.body.append(type).append("\",\"apiKey\":\"").append(asked.token).append("\",\"projectId\":\"").append(project);
  out.body.append("\",\"parentEnvironmentId\":").append(parent).append(",\"branchName\":").append(branch);
  out.body.append(",\"archivedAt\":null,\"paused\":false,\"project\":{\"id\":\"").append(project);
  out.body.append("\",\"externalRef\":\"proj_").append(who.name).append("\",\"engine\":\"V2\"}}");
  return out;
}

}  // namespace origin
