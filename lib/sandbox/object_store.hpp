// What the server keeps outside its database: packets and snapshots, put and fetched through presigned URLs.
#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "sandbox/target.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace triggerd::sandbox {

struct stored_object {
  std::shared_ptr<const std::string> bytes;
  std::string type;  // content type
};

class object_store {
 public:
  explicit object_store(std::uint64_t seed) : secret_("object store " + std::to_string(seed)) {}

  bool put(const std::string& path, stored_object what);  // false when there is no room
  const stored_object* find(std::string_view path) const;

  // "/object-store/PATH?X-Amz-...": good for this one method, and for 300 seconds (contract API.md 6.2).
  std::string sign(std::string_view method, std::string_view path, instant now) const;
  enum class verdict : std::uint8_t { good, expired, wrong };
  verdict check(std::string_view method, std::string_view path, const target& from, instant now) const;

 private:
  std::string signature(std::string_view method, std::string_view path, std::string_view date) const;

  std::string secret_;
  std::map<std::string, stored_object, std::less<>> objects_;
  std::size_t bytes_ = 0;
};

}  // namespace triggerd::sandbox
