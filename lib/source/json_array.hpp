// A file that holds one JSON array: its elements one by one, the whole never in memory.
#pragma once

#include "source/byte_stream.hpp"
#include "source/item.hpp"

namespace triggerd::source {

// An element that is no JSON, or longer than limits::source_line, is a reject. A text that is no array, ends before its
// bracket, or goes on after it is an error (source.malformed).
std::unique_ptr<item_reader> read_json_array(std::unique_ptr<byte_stream> from);

}  // namespace triggerd::source
