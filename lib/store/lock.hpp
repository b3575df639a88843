// One process per state directory.
#pragma once

#include "store/file.hpp"

namespace triggerd::store {

// An flock on STATE_DIR/lock, held while this lives; the kernel lets go of it when the process dies, however it dies.
// The file holds the process id of the holder, for the message of the one that came second, and is never removed: a
// removed lock file is two locks.
class state_lock {
 public:
  // store.locked names the process that holds it; store.disk when the file cannot be made.
  static result<state_lock> take(const std::string& state_dir);

 private:
  explicit state_lock(descriptor file) : file_(std::move(file)) {}
  descriptor file_;
};

}  // namespace triggerd::store
