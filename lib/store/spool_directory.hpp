// The spool's files, blocking: one body each, mode 0600, durable when written, bounded together.
#pragma once

#include "base/result.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::store {

// One thread at a time, except bytes(). Errors as store::spool documents them.
class spool_directory {
 public:
  // Makes the directory (0700) when missing, counts what is there and removes half-written files.
  static result<spool_directory> open(std::string path, std::uint64_t most_bytes);
  spool_directory(spool_directory&& other) noexcept;

  result<> write(const std::string& name, std::string_view body);
  result<std::string> read(const std::string& name) const;
  result<> remove(const std::string& name);
  result<std::size_t> sweep(const std::vector<std::string>& keep);
  std::uint64_t bytes() const { return bytes_; }

 private:
  spool_directory(std::string path, std::uint64_t most_bytes) : path_(std::move(path)), most_bytes_(most_bytes) {}
  result<> unlink(const std::string& name);

  std::string path_;
  std::uint64_t most_bytes_;
  std::map<std::string, std::uint64_t> sizes_;
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace triggerd::store
