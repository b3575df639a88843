// What was deployed to the environments, and which of it is current.
#pragma once

#include "sandbox/places.hpp"

#include <deque>

namespace triggerd::sandbox {

enum class deployment_status : std::uint8_t { pending, deployed, canceled };

struct deployment {
  std::uint64_t number = 0;
  live_environment* where = nullptr;
  std::string version;  // "20261124.2"
  std::string content;  // its hash, as the caller said
  std::string runtime;
  deployment_status status = deployment_status::pending;
  instant created{};
  std::optional<instant> deployed;
  std::string canceled_reason;
};

class deployment_store {
 public:
  // Every environment but dev begins with one deployment when it knows a task.
  deployment_store(std::uint64_t seed, places& homes, instant start);

  deployment& create(live_environment& where, std::string content, std::string runtime, instant now);
  void finish(deployment& one, instant now);  // it becomes current
  void promote(const deployment& one);

  deployment* find(std::string_view id, const live_environment& where);
  deployment* with_version(std::string_view version, const live_environment& where);
  deployment* current(const live_environment& where);
  std::vector<const deployment*> listed(const live_environment& where) const;  // newest first
  std::string id_of(const deployment& one) const;
  std::size_t size() const { return deployments_.size(); }

 private:
  std::uint64_t seed_;
  std::deque<deployment> deployments_;
  std::map<const live_environment*, std::uint64_t> current_;
};

// Whether version `a` is older than `b`: the day first, then the number.
bool is_older_version(std::string_view a, std::string_view b);

}  // namespace triggerd::sandbox
