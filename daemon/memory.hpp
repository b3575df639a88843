// The daemon's memory as a whole: how much it is, and giving back what nobody holds.
#pragma once

#include <cstdint>

namespace triggerd::memory {

std::uint64_t resident_bytes();  // now; 0 when the kernel does not say

// What reading large files took and nobody holds any more: it lies in pieces between what stays, and the allocator would
// keep it for good.
void give_back();

}  // namespace triggerd::memory
