#include "sandbox/handlers.hpp"
#include "sandbox/numbered_page.hpp"
#include "sandbox/spans.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t limits_per_page = 25;
constexpr std::size_t limit_body = 1u << 20;
constexpr std::int64_t largest_limit = 100'000;
constexpr auto usual_key_lifetime = std::chrono::days(7);
constexpr auto longest_key_lifetime = std::chrono::days(30);

json bound_or_null(const std::optional<std::int64_t>& value) { return value ? json(*value) : json(nullptr); }

json limit_value_shape(const limit_value& one) {
  return {{"current", bound_or_null(one.current())},
          {"base", bound_or_null(one.base)},
          {"override", bound_or_null(one.over)},
          {"overriddenAt", one.overridden ? json(text::iso(*one.overridden)) : json(nullptr)}};
}

json limit_shape(const live_environment& where, const live_limit& one) {
  return {{"id", "climit_" + stable_id(where.where->id + '/' + one.name).substr(1)},
          {"name", one.name},
          {"perKey", limit_value_shape(one.per_key)},
          {"total", limit_value_shape(one.total)},
          {"running", 0},
          {"queued", 0},
          {"paused", one.paused}};
}

json key_shape(const live_limit& one, const std::string& key, instant now) {
  const auto at = one.keys.find(key);
  const bool over = at != one.keys.end() && at->second.expires > now;
  return {{"name", one.name},
          {"concurrencyKey", key},
          {"perKey",
           {{"current", over ? json(at->second.per_key) : bound_or_null(one.per_key.current())},
            {"base", bound_or_null(one.per_key.base)},
            {"override", over ? json(at->second.per_key) : json(nullptr)},
            {"expiresAt", over ? json(text::iso(at->second.expires)) : json(nullptr)}}},
          {"running", 0},
          {"paused", one.paused}};
}

// A slash in a name may come encoded twice, as in the names of queues.
live_limit* named_limit(state& in, const call& from) {
  return in.limits.find(*from.who.where, text::percent_decode(from.arguments[0]).value_or(from.argument(0)));
}

reply no_limit() { return refuse(404, "Concurrency limit not found"); }

std::optional<reply> read_bound(const json& body, const char* name, std::optional<std::int64_t>& into) {
  const json* given = find(body, name);
  if (given == nullptr) return std::nullopt;
  if (!given->is_number()) return refuse_body("Expected number, received " + std::string(type_word(*given)), name);
  if (!given->is_number_integer()) return refuse_body("Expected integer, received float", name);
  if (*given < 0) return refuse_body("Number must be greater than or equal to 0", name);
  if (*given > largest_limit) return refuse_body("Number must be less than or equal to 100000", name);
  into = given->get<std::int64_t>();
  return std::nullopt;
}

std::optional<reply> read_limit_text(const json& body, const char* name, std::optional<std::string>& into) {
  const json* given = find(body, name);
  if (given == nullptr) return std::nullopt;
  if (!given->is_string()) return refuse_body("Expected string, received " + std::string(type_word(*given)), name);
  into = given->get<std::string>();
  return std::nullopt;
}

struct limit_override {
  std::optional<std::int64_t> total, per_key;
  std::optional<std::string> key;
  milliseconds lifetime = usual_key_lifetime;
};

std::variant<limit_override, reply> read_limit_override(const json& body) {
  limit_override out;
  std::optional<std::string> ttl;
  auto trouble = read_bound(body, "total", out.total);
  if (!trouble) trouble = read_bound(body, "perKey", out.per_key);
  if (!trouble) trouble = read_limit_text(body, "concurrencyKey", out.key);
  if (!trouble) trouble = read_limit_text(body, "ttl", ttl);
  if (trouble) return std::move(*trouble);
  if (out.key && !out.per_key) return refuse_body("Required", "perKey");
  if (!out.key && !out.per_key && !out.total) return refuse_body("Provide at least one of `total` or `perKey`");
  if (!ttl) return out;
  const auto lifetime = read_duration(*ttl);
  if (!lifetime || *lifetime > longest_key_lifetime)
    return refuse_body("ttl must be a duration of at most 30 days", "ttl");
  out.lifetime = *lifetime;
  return out;
}

void override_limit_value(limit_value& one, const std::optional<std::int64_t>& by, instant now) {
  if (!by) return;
  one.over = by;
  one.overridden = now;
}

}  // namespace

reply list_limits(state& in, const call& from) {
  if (!from.who.may("read", {"queues"})) return forbidden();
  auto page = read_numbered_page(from.where, limits_per_page);
  if (auto* issue = std::get_if<json>(&page)) return query_error(std::move(*issue));
  const auto all = in.limits.of(*from.who.where);
  json rows = json::array();
  for (const live_limit* one : std::get<numbered_page>(page).of(all))
    rows.push_back(limit_shape(*from.who.where, *one));
  return answer(200, {{"data", std::move(rows)}, {"pagination", std::get<numbered_page>(page).counts(all.size())}});
}

reply get_limit(state& in, const call& from) {
  if (!from.who.may("read", {"queues"})) return forbidden();
  const live_limit* found = named_limit(in, from);
  if (found == nullptr) return no_limit();
  if (const auto key = from.where.value("concurrencyKey"))
    return answer(200, key_shape(*found, std::string(*key), in.now));
  return answer(200, limit_shape(*from.who.where, *found));
}

reply override_limit(state& in, const call& from) {
  auto body = read_body(from, limit_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  auto read = read_limit_override(std::get<json>(body));
  if (auto* refusal = std::get_if<reply>(&read)) return std::move(*refusal);
  if (!from.who.may("write", {"queues"})) return forbidden();
  live_limit* found = named_limit(in, from);
  if (found == nullptr) return no_limit();
  const auto& asked = std::get<limit_override>(read);
  if (asked.key) {
    if (!found->keys.contains(*asked.key) && found->keys.size() >= limits::sandbox_limit_keys)
      return refuse(400, "Too many concurrency keys are overridden.");
    found->keys[*asked.key] = {*asked.per_key, in.now + asked.lifetime};
    return answer(200, key_shape(*found, *asked.key, in.now));
  }
  override_limit_value(found->total, asked.total, in.now);
  override_limit_value(found->per_key, asked.per_key, in.now);
  return answer(200, limit_shape(*from.who.where, *found));
}

reply pause_limit(state& in, const call& from) {
  auto body = read_body(from, limit_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json* action = find(std::get<json>(body), "action");
  if (action == nullptr) return refuse_body("Required", "action");
  if (*action != "pause" && *action != "resume")
    return refuse_body("Invalid enum value. Expected 'pause' | 'resume'", "action");
  if (!from.who.may("write", {"queues"})) return forbidden();
  live_limit* found = named_limit(in, from);
  if (found == nullptr) return no_limit();
  found->paused = *action == "pause";
  return answer(200, limit_shape(*from.who.where, *found));
}

reply reset_limit(state& in, const call& from) {
  auto body = read_body(from, limit_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  std::optional<std::string> key;
  if (auto trouble = read_limit_text(std::get<json>(body), "concurrencyKey", key)) return std::move(*trouble);
  if (!from.who.may("write", {"queues"})) return forbidden();
  live_limit* found = named_limit(in, from);
  if (found == nullptr) return no_limit();
  if (key) {
    found->keys.erase(*key);
    return answer(200, key_shape(*found, *key, in.now));
  }
  for (limit_value* one : {&found->total, &found->per_key}) {
    one->over.reset();
    one->overridden.reset();
  }
  return answer(200, limit_shape(*from.who.where, *found));
}

}  // namespace triggerd::sandbox::handlers
