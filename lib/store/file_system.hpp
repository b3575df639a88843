// What lies under the state directory.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace triggerd::store {

// The name of a file system that is reached over a network, by statfs(2)'s number; empty for all others. FUSE is none of
// them: it carries local disks as well, and the kernel does not say which.
std::string_view network_file_system(std::uint64_t magic);

// store.network-file-system when the directory lies on one. Locks there may be granted twice, and what was synced may be
// seen late by the next machine: the ledger's promise would rest on another kernel's.
result<> refuse_network(const std::string& directory);

// Which file a name stands for: its number and, where the file system keeps it, the instant it was made. A copy is
// another file, also when it bears the same name and the same bytes. Empty when numbers change with every mount (FUSE).
result<std::string> file_identity(const std::string& path);

}  // namespace triggerd::store
