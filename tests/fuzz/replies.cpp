// What servers answer: every decoder of lib/api, and the judgement of what went wrong. The first byte picks the decoder,
// the second the status; header lines follow, an empty line and the body.
#include "api/codes.hpp"
#include "api/failure.hpp"
#include "api/public_token.hpp"
#include "api/rate.hpp"
#include "api/realtime.hpp"
#include "api/retry.hpp"
#include "fuzz/decoders.hpp"
#include "fuzz/input.hpp"

#include <sys/resource.h>

#include <array>

using namespace triggerd;
using namespace triggerd::fuzz;

namespace {

constexpr std::array statuses{200, 201, 202, 204, 302, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 501, 502, 503};
constexpr instant now{std::chrono::seconds(1'790'000'000)};

// A byte that no JSON text holds stands for a value nested deeper than the stack of this program reaches.
constexpr std::size_t deep = 4'000;
constexpr rlimit small_stack{1u << 20, 1u << 20};

std::string with_depth(std::string_view text) {
  const auto at = text.find('\x01');
  std::string out(text.substr(0, at));
  if (at == std::string_view::npos) return out;
  return out.append(deep, '[').append(deep, ']').append(text.substr(at + 1));
}

transport::response reply_of(input& in) {
  transport::response reply;
  reply.status = statuses[in.below(statuses.size())];
  for (auto line = in.until('\n'); !line.empty(); line = in.until('\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    reply.head.add(text::lower(line.substr(0, colon)), std::string(text::trim(line.substr(colon + 1))));
  }
  reply.body = with_depth(in.rest());
  return reply;
}

void judge(const api::call& what, const transport::response& reply) {
  transport::outcome seen;
  seen.what = transport::knowledge::answered;
  seen.reply = reply;
  const auto failed = api::classify(what, seen, now);
  require(failed.has_value() != (reply.status >= 200 && reply.status < 300), "a 2xx is no failure, all else is");
  if (!failed) return;
  require_sound(failed->what);
  require(failed->status == reply.status, "a failure tells the status");
  require(failed->kind != api::failure_kind::not_sent, "what was answered was sent");
  require(failed->kind != api::failure_kind::ambiguous || (what.mutates() && !what.repeatable()),
          "ambiguous is only what may not be repeated");
  require(!failed->wait || (failed->kind == api::failure_kind::throttled && failed->wait->count() >= 0),
          "only a 429 asks to wait, and not for less than nothing");
}

void decode(const decoder& by, const transport::response& reply) {
  const auto read = by.read(reply);
  if (read) return;
  require_sound(read.error());
  require(read.error().code == api::codes::unreadable, "what cannot be read says so");
  transport::outcome seen;
  seen.what = transport::knowledge::answered;
  seen.reply = reply;
  const auto failed = api::unreadable(by.what, seen, read.error());
  require((failed.kind == api::failure_kind::ambiguous) == (by.what.mutates() && !by.what.repeatable()),
          "a reply to a write that cannot be read leaves it open");
}

// Several replies of a subscription, apart by record separators.
void subscribe(input& in) {
  auto runs = in.flag() ? api::run_subscription::of_run("run_1") : api::run_subscription::of_batch("batch_1");
  while (!in.empty()) {
    const auto part = in.until('\x1e');
    input one(reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
    auto changed = runs.take(reply_of(one));
    if (!changed) return require_sound(changed.error());
    for (const auto& run : *changed) require(!run.id.empty(), "a run has an id");
    require_printable(runs.next_request().path, "a request's path is encoded");
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) { return setrlimit(RLIMIT_STACK, &small_stack); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto decoders = all_decoders();
  input in(data, size);
  const std::size_t which = in.byte();
  if (which >= decoders.size()) {
    subscribe(in);
    return 0;
  }
  const auto reply = reply_of(in);
  judge(decoders[which].what, reply);
  if (reply.status >= 200 && reply.status < 300) decode(decoders[which], reply);
  require_printable(api::peer_words(reply), "the peer's words are printable");
  api::read_rate(reply.head);
  api::read_batch_rate(reply.head);
  api::public_token_of(reply);
  return 0;
}
