// The environments as they live: found by project, slug, branch or key.
#pragma once

#include "sandbox/effects.hpp"
#include "sandbox/queue.hpp"
#include "sandbox/run_index.hpp"
#include "sandbox/variables.hpp"
#include "sandbox/world.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace triggerd::sandbox {

struct live_project;

struct live_environment {
  std::shared_ptr<const place> where;
  live_project* project = nullptr;
  const environment* spec = nullptr;   // a branch has its parent's
  live_environment* parent = nullptr;  // of a branch
  std::string branch;                  // its name, as given
  std::string slug;                    // "prod", "stg", "preview-featlogin"
  std::string version;                 // of the current deployment
  instant created{}, updated{};
  bool archived = false;
  bool paused = false;
  std::size_t queued = 0;
  run_index runs;
  variable_set variables;
  std::unordered_map<std::string, std::uint64_t> batch_keys;
  std::vector<std::uint64_t> bulk_actions;  // oldest first
  queue_map queues;                         // those that were used, known to the deployment or not

  // The environment whose rate limit and root key count.
  live_environment& root() { return parent != nullptr ? *parent : *this; }
  const live_environment& root() const { return parent != nullptr ? *parent : *this; }
  const known_task* task(std::string_view name) const;
  bool knows_queue(std::string_view name) const;
};

struct live_project {
  const project* spec = nullptr;
  std::string id;
  std::string slug;
  std::vector<live_environment*> environments;  // in the order of the world
  std::vector<live_environment*> branches;      // oldest first
};

std::string_view slug_of(environment_type type);   // "prod", "stg", ...
std::string_view word_of(environment_type type);   // "PRODUCTION"
std::string_view title_of(environment_type type);  // "Production"

class places {
 public:
  places(const world& of, instant start);

  live_project* project(std::string_view ref);
  live_environment* environment(live_project& in, std::string_view slug);  // "staging" and "stg" are one
  live_environment* branch(live_project& in, environment_type of, std::string_view name);  // archived ones too
  live_environment* by_id(std::string_view id);
  live_environment& add_branch(live_environment& parent, const std::string& name, instant now);

  std::deque<live_project>& projects() { return projects_; }
  std::deque<live_environment>& all() { return environments_; }
  const std::string& organization() const { return organization_; }

 private:
  live_environment& add(live_project& in, const sandbox::environment& spec, std::string id, std::string path,
                        instant now);

  std::string organization_;
  std::deque<live_project> projects_;
  std::deque<live_environment> environments_;
  std::map<std::string, live_environment*, std::less<>> by_id_;
};

}  // namespace triggerd::sandbox
