#include "job/trigger_key.hpp"

#include "api/own_options.hpp"
#include "base/text.hpp"

namespace triggerd::job {

namespace {

constexpr std::string_view automatic = "auto";

// A scheduled instant is the same fire whoever finds it due; what was asked for by hand is meant anew each time.
std::string fire_words(const store::fire_row& fire) { return fire.cause == "manual" ? fire.id : text::iso(fire.due); }

// Line ends part the words: names hold none, so that no two lists of words read alike.
std::string automatic_words(const leg_view& leg) {
  std::string words = "triggerd\n" + leg.job.name + '\n' + leg.target.name;
  if (!leg.job.idempotency.across_fires) words += '\n' + fire_words(leg.fire);
  return words;
}

}  // namespace

result<std::string> run_key(const leg_view& leg, const spec::name_lookup& names) {
  if (leg.job.idempotency.key != automatic) return spec::render_text(leg.job.idempotency.key, names);
  std::string words = automatic_words(leg);
  // A run that we cancelled keeps its key, so the next attempt needs another to make a new run.
  if (leg.attempt > 1 && leg.job.wait.cancel_on_timeout) words += "\nattempt " + std::to_string(leg.attempt);
  return api::hashed_key(words);
}

result<item_keys> item_keys::make(const leg_view& leg, const spec::name_lookup& names) {
  if (leg.job.idempotency.key == automatic) return item_keys(automatic_words(leg));
  auto words = spec::render_text(leg.job.idempotency.key, names);
  if (!words) return words.error();
  return item_keys(std::move(*words));
}

std::string item_keys::of(std::string_view item_key) const {
  return api::hashed_key(begin_ + "\nkey\n" + std::string(item_key));
}

std::string item_keys::of_place(std::uint64_t ordinal) const {
  return api::hashed_key(begin_ + "\nplace\n" + std::to_string(ordinal));
}

}  // namespace triggerd::job
