#include "api/rate.hpp"

#include "api/json_fields.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace triggerd::api {

namespace {

// Resets below this are seconds since 1970, others milliseconds.
constexpr std::uint64_t first_milliseconds = 100'000'000'000;
constexpr std::uint64_t last_milliseconds = 100'000'000'000'000;  // year 5138; more is no time
constexpr double longest_wait_s = 1e9;

// 429 bodies are short; anything longer is not one of the server's own.
constexpr std::size_t longest_body = 64u << 10;

std::optional<std::uint64_t> number(std::string_view text) {
  text = text::trim(text);
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Each value of a header, also those that a proxy has folded into one line. Places are kept: "" stays as nothing.
std::vector<std::optional<std::uint64_t>> numbers(const transport::headers& head, std::string_view name) {
  std::vector<std::optional<std::uint64_t>> found;
  for (const auto line : head.all(name))
    for (const auto one : text::split(line, ',')) found.push_back(number(one));
  return found;
}

struct reading {
  rate_facts facts;
  bool in_seconds = false;
};

// The budgets in order of their headers. Limit and remaining belong to the reset in the same place.
std::vector<reading> read_all(const transport::headers& head) {
  const auto limits = numbers(head, "x-ratelimit-limit");
  const auto remaining = numbers(head, "x-ratelimit-remaining");
  const auto resets = numbers(head, "x-ratelimit-reset");
  std::vector<reading> all(std::max({limits.size(), remaining.size(), resets.size()}));
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i < limits.size()) all[i].facts.limit = limits[i];
    if (i < remaining.size()) all[i].facts.remaining = remaining[i];
    if (i >= resets.size() || !resets[i] || *resets[i] > last_milliseconds) continue;
    all[i].in_seconds = *resets[i] < first_milliseconds;
    const std::uint64_t since_epoch = all[i].in_seconds ? *resets[i] * 1'000 : *resets[i];
    all[i].facts.reset = instant(milliseconds(static_cast<std::int64_t>(since_epoch)));
  }
  return all;
}

rate_facts first_of(const transport::headers& head, bool in_seconds) {
  for (const auto& one : read_all(head))
    if (one.in_seconds == in_seconds) return one.facts;
  return {};
}

std::optional<double> retry_after(const transport::headers& head) {
  const auto text = head.first("retry-after");
  const auto whole = text ? number(*text) : std::nullopt;
  return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

std::optional<double> seconds_until_reset(const transport::response& reply) {
  if (reply.body.size() > longest_body) return std::nullopt;
  const auto body = parse_body(reply);
  if (!body || !body->is_object()) return std::nullopt;
  const auto found = body->find("secondsUntilReset");
  if (found == body->end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

// The latest reset of a used-up budget; of any when none says that it is used up.
std::optional<instant> binding_reset(const transport::headers& head) {
  std::optional<instant> used_up;
  std::optional<instant> any;
  for (const auto& one : read_all(head)) {
    if (!one.facts.reset) continue;
    any = std::max(any.value_or(*one.facts.reset), *one.facts.reset);
    if (one.facts.remaining == std::uint64_t{0})
      used_up = std::max(used_up.value_or(*one.facts.reset), *one.facts.reset);
  }
  return used_up ? used_up : any;
}

}  // namespace

rate_facts read_rate(const transport::headers& head) { return first_of(head, false); }
rate_facts read_batch_rate(const transport::headers& head) { return first_of(head, true); }

std::optional<milliseconds> asked_wait(const transport::response& reply, instant now) {
  auto asked = retry_after(reply.head);
  if (!asked) asked = seconds_until_reset(reply);
  if (asked && std::isfinite(*asked)) {
    const double wait = std::clamp(*asked, 0.0, longest_wait_s) * 1'000;
    return milliseconds(static_cast<std::int64_t>(std::ceil(wait)));
  }
  const auto reset = binding_reset(reply.head);
  if (!reset) return std::nullopt;
  return std::max(milliseconds(0), *reset - now);
}

}  // namespace triggerd::api
