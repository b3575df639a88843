// The error codes of this room.
#pragma once

#include "base/error.hpp"

namespace triggerd::store::codes {

inline constexpr error_code disk{
    "store.disk", "The disk refused to keep the ledger; nothing new is started until it takes writes again."};
inline constexpr error_code damaged{"store.damaged", "The ledger file holds something that cannot be read."};
inline constexpr error_code missing{"store.missing", "The ledger that this state directory had is not there."};
inline constexpr error_code newer_schema{"store.newer-schema",
                                         "The ledger was written by a newer version of triggerd."};
inline constexpr error_code foreign_file{"store.foreign-file", "The file is a database of another program."};
inline constexpr error_code no_export{"store.no-export", "The file is no complete export of a ledger."};
inline constexpr error_code network_file_system{"store.network-file-system",
                                                "The state directory lies on a network file system."};
inline constexpr error_code locked{"store.locked", "Another process is using this state directory."};
inline constexpr error_code overload{"store.overload", "More writes were waiting for the disk than the queue holds."};
inline constexpr error_code closed{"store.closed", "The ledger is closed."};
inline constexpr error_code spool_full{"store.spool-full", "The spool directory has reached its bound."};
inline constexpr error_code no_spool_file{"store.no-spool-file", "A spool file that a row names is missing."};
inline constexpr error_code unusable_name{"store.unusable-name", "A spool file cannot have this name."};

}  // namespace triggerd::store::codes
