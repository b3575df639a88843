#include "bench/origin/endpoint.hpp"

#include <cstddef>

namespace origin {
namespace {

struct segments {
  std::array<std::string_view, 8> part;
  std::size_t count = 0;

  explicit segments(std::string_view path) {
    while (path.starts_with('/') && count < part.size()) {
      path.remove_prefix(1);
      part[count] = path.substr(0, path.find('/'));
      path.remove_prefix(part[count++].size());
    }
  }
  bool is(std::size_t at, std::string_view word) const { return at < count && part[at] == word; }
};

endpoint of_variables(std::string_view method, const segments& path) {
  if (path.count == 6) return method == "GET" ? endpoint::envvars_list : endpoint::envvars_create;
  if (method == "POST" && path.is(6, "import")) return endpoint::envvars_import;
  if (method == "GET") return endpoint::envvars_retrieve;
  return method == "DELETE" ? endpoint::envvars_delete : endpoint::envvars_update;
}

endpoint of_runs(std::string_view method, const segments& path) {
  if (method == "GET") return path.count == 3 ? endpoint::runs_list : endpoint::runs_retrieve;
  return path.is(4, "replay") ? endpoint::runs_replay : endpoint::other;
}

endpoint of_batches(std::string_view method, const segments& path) {
  if (method == "GET") return endpoint::batches_retrieve;
  return path.count == 3 ? endpoint::batches_create : endpoint::batches_items;
}

endpoint of_bulk(std::string_view method, const segments& path) {
  if (method == "POST") return endpoint::bulk_create;
  return path.count == 3 ? endpoint::bulk_list : endpoint::bulk_retrieve;
}

endpoint of_api(std::string_view method, const segments& path) {
  if (path.is(2, "tasks") && path.is(4, "trigger")) return endpoint::trigger;
  if (path.is(2, "batches")) return of_batches(method, path);
  if (path.is(2, "runs")) return of_runs(method, path);
  if (path.is(2, "bulk-actions")) return of_bulk(method, path);
  if (path.is(2, "projects") && path.is(4, "envvars") && path.count >= 6) return of_variables(method, path);
  return path.is(2, "whoami") ? endpoint::whoami : endpoint::other;
}

}  // namespace

place place_of(std::string_view method, std::string_view path_and_query) {
  const std::size_t mark = path_and_query.find('?');
  const segments path(path_and_query.substr(0, mark));
  place out;
  if (mark != std::string_view::npos) out.query = path_and_query.substr(mark + 1);
  if (path.is(0, "stats")) out.what = path.count == 1 ? endpoint::stats : endpoint::stats_reset;
  if (!path.is(0, "api")) return out;
  out.what = of_api(method, path);
  const std::size_t named = path.is(2, "projects") ? 6 : 3;
  if (named < path.count) out.id = path.part[named];
  return out;
}

}  // namespace origin
