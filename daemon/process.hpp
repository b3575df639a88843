// What our programs are as processes: closed to onlookers, with room for their connections.
#pragma once

#include "base/log.hpp"

#include <cstddef>

namespace triggerd::process {

// Keys are in memory: no core files, no tracing by other processes of the same user.
void hide_memory();

// Of a daemon: its memory is hidden and its files are private. A peer that hangs up is an error of a write, not the end
// of the program.
void close_up();

// Raises the number of files that may be open as far as it may, and says how many that is.
std::size_t open_files();

// How many targets may hold connections at once when so many files may be open.
std::size_t most_clients(std::size_t open_files);

}  // namespace triggerd::process
