#include "config/load.hpp"

#include "base/digest.hpp"
#include "config/codes.hpp"
#include "config/cross.hpp"
#include "config/files.hpp"
#include "config/inspect.hpp"
#include "config/merge.hpp"
#include "config/read_job.hpp"
#include "config/read_target.hpp"

#include <algorithm>
#include <list>

namespace triggerd::config {

namespace {

using kind = node::kind;

// Tables by name, sorted, so that nothing depends on the order of files.
std::vector<entry*> named_tables(node* all) {
  std::vector<entry*> out;
  if (!all || !all->is(kind::table)) return out;
  for (auto& e : all->entries)
    if (e.value.is(kind::table)) out.push_back(&e);
  sort_by_key(out);
  return out;
}

// Owns the trees that a draft points into.
struct workshop {
  read_files read;
  node targets, jobs, defaults;  // out of the root: they are complete only after merging
  std::list<node> merged;
  draft all;

  const node* keep(node n) {
    merged.push_back(std::move(n));
    return &merged.back();
  }
  node defaults_of(std::string_view what) const {
    const node* found = defaults.find(what);
    return found && found->is(kind::table) ? *found : node::table(read.root.where);
  }
};

void draft_targets(workshop& w, complaints& out) {
  const node defaults = w.defaults_of("target");
  const auto all = named_tables(&w.targets);
  w.all.targets.reserve(all.size());
  for (entry* e : all) {
    node table = merge(target_shape(), defaults, std::move(e->value));
    settle_paths(table, target_shape());
    require(table, target_shape(), "target." + e->key, out);
    const node* kept = w.keep(std::move(table));
    w.all.targets.push_back({read_target(e->key, *kept), kept});
    if (auto own = read_inline_credential(e->key, *kept))
      w.all.credentials.push_back({std::move(*own), kept->find("credential"), nullptr});
  }
}

void draft_jobs(workshop& w, complaints& out) {
  const node defaults = w.defaults_of("job");
  for (const entry* e : named_tables(&w.jobs)) {
    node table = merge_job(defaults, e->value, w.all.daemon.timezone);
    settle_paths(table, job_shape());
    require(table, job_shape(), "job." + e->key, out);
    const node* kept = w.keep(std::move(table));
    if (auto job = read_job(e->key, *kept)) w.all.jobs.push_back({std::move(*job), kept, &e->value});
  }
}

template <class T>
std::vector<T> values(std::vector<drafted<T>>& all) {
  std::vector<T> out;
  out.reserve(all.size());
  for (auto& one : all) out.push_back(std::move(one.value));
  return out;
}

template <class T>
std::vector<std::shared_ptr<const T>> shared(std::vector<drafted<T>>& all) {
  std::vector<std::shared_ptr<const T>> out;
  out.reserve(all.size());
  for (auto& one : all) out.push_back(std::make_shared<const T>(std::move(one.value)));
  return out;
}

// Those of targets stand behind those with a table of their own.
std::vector<spec::credential_spec> sorted_credentials(draft& all) {
  auto out = values(all.credentials);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

std::string hash_of(const workshop& w) {
  std::string all;
  append_canonical(all, w.read.root);
  append_canonical(all, w.all.daemon.state_dir);
  append_canonical(all, w.all.daemon.runtime_dir);
  append_canonical(all, w.defaults);
  for (const auto& target : w.all.targets) {
    append_canonical(all, target.value.name);
    append_canonical(all, *target.table);
  }
  for (const auto& job : w.all.jobs) {
    append_canonical(all, job.value.name);
    append_canonical(all, job.value.text);
  }
  return sha256_hex(all);
}

}  // namespace

loaded load(const std::string& path, const environment& env) {
  complaints out;
  workshop w;
  w.read = read_all_files(path, env, out);
  w.targets = w.read.root.take("target");
  w.jobs = w.read.root.take("job");
  w.defaults = w.read.root.take("defaults");
  settle_paths(w.read.root, root_shape());
  require(w.read.root, root_shape(), "", out);
  w.all.root = &w.read.root;
  w.all.daemon = read_daemon(w.read.root, env);
  const auto credentials = named_tables(w.read.root.find("credential"));
  w.all.credentials.reserve(credentials.size());
  for (const entry* e : credentials)
    w.all.credentials.push_back({read_credential(e->key, e->value), &e->value, nullptr});
  for (const entry* e : named_tables(w.read.root.find("limit")))
    w.all.limits.push_back({read_limit(e->key, e->value), &e->value, nullptr});
  draft_targets(w, out);
  draft_jobs(w, out);
  known_credentials known = cross_check(w.all, env, out);

  loaded done;
  done.complaints = out.sorted();
  if (out.has_errors()) return done;
  for (auto& [name, credential] : known)
    if (!credential.value.empty()) done.read.emplace(name, std::move(credential.value));
  std::string hash = hash_of(w);
  done.value = settings{w.all.daemon,       sorted_credentials(w.all), values(w.all.limits),   shared(w.all.targets),
                        shared(w.all.jobs), std::move(hash),           std::move(w.read.files)};
  return done;
}

result<spec::job_spec> decode_job(std::string_view json_text) {
  auto root = parse_json(json_text);
  if (!root) return root.error();
  const node* jobs = root->find("job");
  if (!jobs || !jobs->is(kind::table) || jobs->entries.size() != 1 || !jobs->entries.front().value.is(kind::table))
    return fail(codes::syntax, "the stored job is not {\"job\":{NAME:{...}}}");
  const entry& job = jobs->entries.front();
  complaints out;
  inspect(job.value, job_shape(), "job." + job.key, out);
  require(job.value, job_shape(), "job." + job.key, out);
  for (const auto& c : out.sorted())
    if (c.how == severity::error) return fail(c.code, "the stored job " + in_quotes(job.key) + ": " + c.message);
  auto spec = read_job(job.key, job.value);
  if (!spec) return fail(codes::syntax, "the stored job " + in_quotes(job.key) + " is of no known kind");
  return std::move(*spec);
}

}  // namespace triggerd::config
