// Where we differ from the SDK on purpose, each with its reason: in a part of a request, or in a whole recording that is
// not compared.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace triggerd::conformance {

struct exception {
  std::string_view name;
  std::string_view reason;
};

// Parts of requests. `compare` allows each of them and counts where it did.
namespace differs {
inline constexpr exception durations{
    "durations", "every duration goes out as whole seconds: the server silently ignores what it cannot read"};
inline constexpr exception one_tag{"one tag", "tags are always a list, to which one of our own may come"};
inline constexpr exception batch_words{
    "batch key's words", "a batch's key is an id of ours and stored as it stands; it has no words for people"};
inline constexpr exception item_words{
    "item key's words", "the words of an item's key go with it whatever call made it, for people to read"};
inline constexpr exception branch{
    "branch",
    "the branch header goes out only where the server reads it: beside a personal token it would change the target"};
inline constexpr exception source{"source", "x-trigger-source says what sends: additional headers do not replace it"};
inline constexpr exception no_token{
    "no token", "no public token is signed from a reply, so that nothing can fail after the run exists"};
}  // namespace differs
std::span<const exception> differences();

// Recordings that are not compared, by their names.
std::span<const exception> not_compared();

// How often each difference was met.
using tally = std::map<std::string_view, std::size_t>;

}  // namespace triggerd::conformance
