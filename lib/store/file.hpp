// The few file operations of this room, durable and private, with errors that name the path.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace triggerd::store {

// An open descriptor with an owner.
class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept;
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// store.disk with "PATH: cannot VERB: the system's words", from errno.
error system_trouble(const std::string& path, std::string_view verb, int number);

bool exists(const std::string& path);                                // also a dangling link
result<> move_file(const std::string& from, const std::string& to);  // never over an existing one
result<> sync_directory(const std::string& path);
result<> sync_directory_of(const std::string& path);  // the directory that holds this name
result<> make_private_file(const std::string& path);  // makes it when missing; a regular file with mode 0600 afterwards
result<> make_private_directory(const std::string& path);  // mode 0700 when it has to be made
// Written beside, synced, renamed over, directory synced: all of it or none.
result<> write_durable(const std::string& path, std::string_view bytes);
result<std::string> read_whole(const std::string& path);

// Between files and descriptors that somebody else opened: files, pipes, standard input and output.
result<> give_file(const std::string& path, int to);    // synced, when the other end can be
result<> take_file(int from, const std::string& path);  // to the end of what is read; a new private file, synced

// A SQLite file on its way to another name: what is still under its own name at the end, also after an error, goes.
class half_made {
 public:
  explicit half_made(std::string path) : path_(std::move(path)) {}
  ~half_made() { (void)clear(); }
  half_made(const half_made&) = delete;
  half_made& operator=(const half_made&) = delete;
  const std::string& path() const { return path_; }
  result<> clear() const;

 private:
  std::string path_;
};

}  // namespace triggerd::store
