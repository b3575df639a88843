// The calls of the SDK that have a counterpart here, family by family: from recorded arguments to an operation of ours.
#pragma once

#include "api/failure.hpp"
#include "conformance/caller.hpp"
#include "conformance/javascript.hpp"
#include "conformance/options.hpp"

#include <array>
#include <span>
#include <string_view>

namespace triggerd::conformance {

struct verdict {
  bool ok = false;
  int status = 0;  // of the failure; 0: nothing was sent, or nothing came back
  json value;      // what of the result is compared; null: nothing
  json token;      // {"header", "payload"} of a token that was made; null: none
};
template <class T>
verdict verdict_of(const api::answer<T>& got) {
  verdict out;
  out.ok = got.has_value();
  if (!got) out.status = got.error().status;
  return out;
}

// An error: the call has no counterpart here, and why. A verdict without a status: we refuse it before anything is sent.
using reply = task<result<verdict>>;

inline verdict success() {
  verdict out;
  out.ok = true;
  return out;
}

struct known_call {
  std::string_view name;
  reply (*run)(const caller& from, const json& args);
};

template <class T>
reply send(const caller& from, api::operation<T> what) {
  const auto got = co_await from.by.send(std::move(what));
  co_return verdict_of(got);
}
template <class T>
reply send(const caller& from, result<api::operation<T>> what) {
  if (!what) co_return verdict{};
  api::operation<T> one = std::move(*what);
  const auto got = co_await from.by.send(std::move(one));
  co_return verdict_of(got);
}

// The text at `i`, or the "id" of an object there.
std::string id_at(const json& args, std::size_t i);
std::string text_member(const json& of, const char* name);  // empty: absent
std::optional<bool> flag_of(const json& of, const char* name);

std::span<const known_call> run_calls();
std::span<const known_call> run_detail_calls();
std::span<const known_call> bulk_calls();
std::span<const known_call> trigger_calls();
std::span<const known_call> variable_calls();
std::span<const known_call> schedule_calls();
std::span<const known_call> queue_calls();
std::span<const known_call> deployment_calls();
std::span<const known_call> waitpoint_calls();
std::span<const known_call> prompt_calls();
std::span<const known_call> key_calls();
std::span<const known_call> token_calls();
std::span<const known_call> session_calls();
std::span<const known_call> packet_calls();
std::span<const known_call> realtime_calls();

// Null: no counterpart.
const known_call* find_call(std::string_view name);

}  // namespace triggerd::conformance
