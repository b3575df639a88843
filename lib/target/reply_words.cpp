#include "target/reply_words.hpp"

namespace triggerd::target {

namespace {

using reply_kind = meter::reply::kind;

bool says_something(const api::rate_facts& facts) { return facts.limit || facts.remaining || facts.reset; }

}  // namespace

reply_words words_of(const client::exchange& seen, const spec::endpoint& of) {
  reply_words out;
  if (seen.seen.what == transport::knowledge::not_sent) return out;
  out.request.how = out.items.how = reply_kind::lost;
  if (seen.seen.what == transport::knowledge::ambiguous) return out;

  const transport::headers& head = seen.seen.reply.head;
  out.request.how = out.items.how = reply_kind::passed;
  out.request.told = api::read_rate(head);
  const api::rate_facts second = api::read_batch_rate(head);
  const bool creates_batch = of.limiter == spec::rate_limiter::batch_runs;
  if (creates_batch) out.items.told = second;
  else if (!says_something(out.request.told)) out.request.told = second;  // another server's, in seconds
  if (seen.seen.reply.status != 429) return out;

  const std::optional<milliseconds> wait = seen.failed ? seen.failed->wait : std::nullopt;
  const bool something_left = out.request.told.remaining.value_or(0) > 0;
  const bool by_the_batch_limiter = creates_batch && (something_left || says_something(out.items.told));
  meter::reply& refused = by_the_batch_limiter ? out.items : out.request;
  refused.how = reply_kind::refused;
  refused.wait = wait;
  if (!by_the_batch_limiter) out.items.how = reply_kind::not_sent;  // refused before it was charged
  return out;
}

std::string_view outcome_word(const client::exchange& seen) {
  return seen.failed ? api::name(seen.failed->kind) : "ok";
}

}  // namespace triggerd::target
