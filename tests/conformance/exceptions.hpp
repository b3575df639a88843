// Where we differ from the SDK on purpose, each with its reason.
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

// `compare` and `judge` allow each of them and counts where it did.
namespace differs {
inline constexpr exception durations{
    "durations", "every duration goes out as whole seconds: the server silently ignores what it cannot read"};
inline constexpr exception one_tag{"one tag", "tags are always a list, to which one of our own may come"};
inline constexpr exception item_words{
    "item key's words", "the words of an item's key go with it whatever call made it, for people to read"};
inline constexpr exception branch{
    "branch",
    "the branch header goes out only where the server reads it: beside a personal token it would change the target"};
inline constexpr exception source{"source", "x-trigger-source says what sends: additional headers do not replace it"};
inline constexpr exception no_override{"no override",
                                       "an import that overrides nothing says so by leaving the word out"};
inline constexpr exception one_filter{"one filter", "the filters of a bulk action are lists, also of one"};
inline constexpr exception store{"object store",
                                 "the object store gets the bytes and their type, and no header of ours"};
inline constexpr exception refused_here{
    "refused here", "what the server is known to refuse is refused before it is sent, and says why"};
inline constexpr exception no_token{
    "no token", "no public token is signed from a reply, so that nothing can fail after the run exists"};
}  // namespace differs
std::span<const exception> differences();

// How often each difference was met.
using tally = std::map<std::string_view, std::size_t>;

}  // namespace triggerd::conformance
