// One JSON text per line.
#pragma once

#include "source/byte_stream.hpp"
#include "source/item.hpp"

namespace triggerd::source {

// Blank lines are skipped, "\r\n" ends a line as "\n" does, the last line may lack its end. A line over
// limits::source_line is a reject; its bytes beyond the limit are read and dropped.
std::unique_ptr<item_reader> read_ndjson(std::unique_ptr<byte_stream> from);

}  // namespace triggerd::source
