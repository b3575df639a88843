// Named concurrency limits that queues can share. They are kept and shown; no run here waits for one.
#pragma once

#include "sandbox/places.hpp"

namespace triggerd::sandbox {

struct limit_value {
  std::optional<std::int64_t> base, over;
  std::optional<instant> overridden;

  std::optional<std::int64_t> current() const { return over ? over : base; }
};

struct key_override {
  std::int64_t per_key = 0;
  instant expires{};
};

struct live_limit {
  std::string name;
  limit_value per_key, total;
  bool paused = false;
  std::map<std::string, key_override, std::less<>> keys;
};

class limit_store {
 public:
  explicit limit_store(places& homes);  // with what the deployments know

  live_limit* find(const live_environment& where, std::string_view name);
  std::vector<live_limit*> of(const live_environment& where);  // by name

 private:
  std::map<const live_environment*, std::map<std::string, live_limit, std::less<>>> limits_;
};

}  // namespace triggerd::sandbox
