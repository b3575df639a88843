// Waitpoint tokens.
#include "api/waitpoints.hpp"
#include "conformance/calls.hpp"

namespace triggerd::conformance {

namespace {

reply create_token(const caller& from, const json& args) {
  const json& written = argument(args, 0);
  api::waitpoint_draft draft;
  if (is_undefined(written)) co_return co_await send(from, api::create_waitpoint(draft));
  if (written.contains("timeout") && !(draft.timeout = moment_of(written["timeout"]))) co_return verdict{};
  if (written.contains("tags")) {
    auto tags = texts(written["tags"]);
    if (!tags) co_return tags.error();
    draft.tags = std::move(*tags);
  }
  draft.key = text_member(written, "idempotencyKey");
  if (written.contains("idempotencyKeyTTL")) draft.key_ttl = span_of(written["idempotencyKeyTTL"]);
  co_return co_await send(from, api::create_waitpoint(draft));
}

reply list_tokens(const caller& from, const json& args) {
  const json& written = argument(args, 0);
  api::waitpoint_filter which;
  if (!is_undefined(written)) {
    auto status = texts(member_of(written, "status"));
    auto tags = texts(member_of(written, "tags"));
    if (!status) co_return status.error();
    if (!tags) co_return tags.error();
    which.status = std::move(*status);
    which.tags = std::move(*tags);
    which.key = text_member(written, "idempotencyKey");
    which.period = text_member(written, "period");
    if (written.contains("from")) which.from = instant_of(written["from"]).value();
    if (written.contains("to")) which.to = instant_of(written["to"]).value();
    which.page_size = written.value("limit", 0u);
    which.after = text_member(written, "after");
    which.before = text_member(written, "before");
  }
  co_return co_await send(from, api::list_waitpoints(which));
}

reply retrieve_token(const caller& from, const json& args) {
  return send(from, api::retrieve_waitpoint(id_at(args, 0)));
}

reply complete_token(const caller& from, const json& args) {
  const json& data = argument(args, 1);
  if (is_undefined(data)) return send(from, api::complete_waitpoint(id_at(args, 0), std::nullopt));
  return send(from, api::complete_waitpoint(id_at(args, 0), data.dump()));
}

constexpr std::array<known_call, 6> waitpoints{{
    {"wait.createToken", create_token},
    {"createWaitpointToken", create_token},
    {"wait.listTokens", list_tokens},
    {"wait.retrieveToken", retrieve_token},
    {"wait.completeToken", complete_token},
    {"completeWaitpointToken", complete_token},
}};

}  // namespace

std::span<const known_call> waitpoint_calls() { return waitpoints; }

}  // namespace triggerd::conformance
