#include "sandbox/places.hpp"

#include "sandbox/dice.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

// The server's own way of making a slug of a branch: what is no letter or digit goes.
std::string branch_slug(std::string_view parent, std::string_view branch) {
  std::string out(parent);
  out += '-';
  for (const char c : branch)
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-') out += c;
  return out;
}

// Of a place's path: the word that people use, where the server stores "stg".
std::string_view path_word(environment_type type) {
  return type == environment_type::staging ? "staging" : slug_of(type);
}

std::string lower_slug(std::string_view name, std::string_view id) {
  std::string out;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    else out += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
  }
  return out + '-' + std::string(id.substr(id.size() - 4));
}

}  // namespace

std::string_view slug_of(environment_type type) {
  constexpr std::string_view slugs[] = {"dev", "stg", "preview", "prod"};
  return slugs[static_cast<std::size_t>(type)];
}

std::string_view word_of(environment_type type) {
  constexpr std::string_view words[] = {"DEVELOPMENT", "STAGING", "PREVIEW", "PRODUCTION"};
  return words[static_cast<std::size_t>(type)];
}

std::string_view title_of(environment_type type) {
  constexpr std::string_view titles[] = {"Development", "Staging", "Preview", "Production"};
  return titles[static_cast<std::size_t>(type)];
}

const known_task* live_environment::task(std::string_view name) const {
  for (const known_task& one : spec->tasks)
    if (one.name == name) return &one;
  return nullptr;
}

bool live_environment::knows_queue(std::string_view name) const {
  for (const known_task& one : spec->tasks) {
    if (name.starts_with("task/") && name.substr(5) == one.name) return true;
    if (std::find(one.queues.begin(), one.queues.end(), name) != one.queues.end()) return true;
  }
  return false;
}

places::places(const world& of, instant start) : organization_(stable_id("organization")) {
  for (const auto& spec : of.projects) {
    auto& made = projects_.emplace_back();
    made.spec = &spec;
    made.id = spec.id.empty() ? stable_id(spec.ref) : spec.id;
    made.slug = lower_slug(spec.name, made.id);
    for (const auto& one : spec.environments) {
      const std::string path = spec.ref + '/' + std::string(path_word(one.type));
      auto& home = add(made, one, one.id.empty() ? stable_id(path) : one.id, path, start);
      home.slug = slug_of(one.type);
      made.environments.push_back(&home);
      for (const auto& v : one.variables) home.variables.set(v.name, v.value, v.secret);
    }
    for (std::size_t i = 0; i < spec.environments.size(); ++i) {
      for (const auto& b : spec.environments[i].branches) {
        auto& home = add_branch(*made.environments[i], b.name, start);
        home.archived = b.archived;
        for (const auto& v : b.variables) home.variables.set(v.name, v.value, v.secret);
      }
    }
  }
}

live_environment& places::add(live_project& in, const sandbox::environment& spec, std::string id, std::string path,
                              instant now) {
  auto& made = environments_.emplace_back();
  made.where = std::make_shared<const place>(place{std::move(id), std::move(path)});
  made.project = &in;
  made.spec = &spec;
  made.created = made.updated = now;
  made.paused = spec.paused;
  made.version = spec.version;
  for (const queue_bound& bound : spec.queue_bounds) made.queues[bound.name].limit = bound.limit;
  by_id_[made.where->id] = &made;
  return made;
}

live_environment& places::add_branch(live_environment& parent, const std::string& name, instant now) {
  const std::string path = parent.where->path + '/' + name;
  std::string id = stable_id(path);
  for (const auto& b : parent.spec->branches)
    if (b.name == name && !b.id.empty()) id = b.id;
  live_environment& made = add(*parent.project, *parent.spec, std::move(id), path, now);
  made.parent = &parent;
  made.branch = name;
  made.slug = branch_slug(parent.slug, name);
  made.paused = false;
  parent.project->branches.push_back(&made);
  return made;
}

live_project* places::project(std::string_view ref) {
  for (auto& one : projects_)
    if (one.spec->ref == ref) return &one;
  return nullptr;
}

live_environment* places::environment(live_project& in, std::string_view slug) {
  if (slug == "staging") slug = "stg";
  for (live_environment* one : in.environments)
    if (one->slug == slug) return one;
  return nullptr;
}

live_environment* places::branch(live_project& in, environment_type of, std::string_view name) {
  for (live_environment* one : in.branches)
    if (one->spec->type == of && one->branch == name) return one;
  return nullptr;
}

live_environment* places::by_id(std::string_view id) {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : at->second;
}

}  // namespace triggerd::sandbox
