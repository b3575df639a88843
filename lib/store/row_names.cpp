#include "store/row_names.hpp"

#include <array>

namespace triggerd::store {

namespace {

// In the order of the enumerations. Stored in files: a word never changes its meaning.
constexpr std::array<std::string_view, 7> fire_words{"running", "queued",    "done",   "failed",
                                                     "unknown", "cancelled", "skipped"};
constexpr std::array<std::string_view, 7> leg_words{"pending", "running",   "done",   "failed",
                                                    "unknown", "cancelled", "skipped"};
constexpr std::array<std::string_view, 6> action_words{"intended", "waiting", "done", "failed", "unknown", "cancelled"};

template <class State, std::size_t Size>
std::optional<State> state_of(const std::array<std::string_view, Size>& words, std::string_view word) {
  for (std::size_t i = 0; i < Size; ++i)
    if (words[i] == word) return static_cast<State>(i);
  return std::nullopt;
}

}  // namespace

std::string_view name(fire_state s) { return fire_words[static_cast<std::size_t>(s)]; }
std::string_view name(leg_state s) { return leg_words[static_cast<std::size_t>(s)]; }
std::string_view name(action_state s) { return action_words[static_cast<std::size_t>(s)]; }

std::optional<fire_state> fire_state_of(std::string_view word) { return state_of<fire_state>(fire_words, word); }
std::optional<leg_state> leg_state_of(std::string_view word) { return state_of<leg_state>(leg_words, word); }
std::optional<action_state> action_state_of(std::string_view word) {
  return state_of<action_state>(action_words, word);
}

}  // namespace triggerd::store
