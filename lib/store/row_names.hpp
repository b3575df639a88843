// The words that stand for states in rows, tables and filters. name() of each state is declared in ledger.hpp.
#pragma once

#include "store/ledger.hpp"

#include <string_view>

namespace triggerd::store {

// nullopt for a word that is none of ours: a damaged or foreign row.
std::optional<fire_state> fire_state_of(std::string_view word);
std::optional<leg_state> leg_state_of(std::string_view word);
std::optional<action_state> action_state_of(std::string_view word);

inline bool unfinished(fire_state s) { return s == fire_state::running || s == fire_state::queued; }
inline bool unsettled(action_state s) { return s == action_state::intended || s == action_state::waiting; }

}  // namespace triggerd::store
