// Rows from the columns of a statement, which names them in the order that is taken here.
#pragma once

#include "store/ledger.hpp"
#include "store/sqlite.hpp"

namespace triggerd::store {

result<fire_row> take_fire(query& q);
result<leg_row> take_leg(query& q);
result<action_row> take_action(query& q);
result<memory_row> take_memory(query& q);

// store.damaged: a state that is none of ours.
error bad_word(std::string_view table, const std::string& word);

}  // namespace triggerd::store
