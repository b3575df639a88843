// The machine's disk under SQLite, which has its write-ahead log written in few large pieces. SQLite writes each page of a
// commit by two calls, and they cost more than the pages do.
//
// A piece is written at the latest when the log is synced, read, measured or closed; so a commit is durable when SQLite
// believes it is, and a write that fails does so at that call. Other files pass through as they are. No shared memory: a
// connection with a write-ahead log must lock for good.
#pragma once

namespace triggerd::store {

// The name to open a database by. On top of what is SQLite's default disk at the time of opening.
const char* gathering_disk();

}  // namespace triggerd::store
