#include "config/files.hpp"

#include "base/text.hpp"
#include "config/codes.hpp"
#include "config/inspect.hpp"
#include "config/merge.hpp"

#include <algorithm>
#include <unordered_map>

namespace triggerd::config {

namespace {

using kind = node::kind;

constexpr std::int64_t version = 1;

bool is_pattern(std::string_view part) { return part.find_first_of("*?") != std::string_view::npos; }

bool matches(std::string_view pattern, const std::string& name) {
  // Hidden files are editors' leftovers.
  return (name.front() != '.' || pattern.front() == '.') && text::glob_match(pattern, name);
}

void check_version(const node& root, bool is_main, complaints& out) {
  const node* given = root.find("version");
  if (!given) {
    if (is_main)
      out.error({root.where.file, 1, 1}, codes::version,
                "the file does not say which version of the format it uses; add version = 1");
    return;
  }
  if (!given->is(kind::integer) || given->integer == version) return;
  const auto shown = std::to_string(given->integer);
  out.error(given->where, codes::version,
            given->integer > version
                ? "the file is of version " + shown + ", and this triggerd reads version 1; install a newer one"
                : "there is no version " + shown + " of the format; write version = 1");
}

std::optional<node> read_one(const std::string& path, const place& named_at, bool is_main, const environment& env,
                             complaints& out) {
  const auto text = env.read_file(path);
  if (!text) {
    out.error(named_at, codes::file, text.error().message);
    return std::nullopt;
  }
  auto parsed = parse_toml(*text, path);
  if (!parsed) {
    out.error(parsed.error().where, codes::syntax, parsed.error().message);
    return std::nullopt;
  }
  parsed->where.file = path;
  check_version(*parsed, is_main, out);
  inspect_literals(*parsed, out);
  inspect(*parsed, root_shape(), "", out);
  return std::move(*parsed);
}

// Where each named table stands, by "job.NAME".
using named_places = std::unordered_map<std::string, place>;

// Named tables belong to one file each; a second one of the same name would silently change the first.
void refuse_doubles(named_places& known, node& file, complaints& out) {
  for (const std::string table : {"credential", "limit", "target", "job"}) {
    node* added = file.find(table);
    if (!added || !added->is(kind::table)) continue;
    std::erase_if(added->entries, [&](const entry& e) {
      const auto [first, fresh] = known.emplace(table + '.' + e.key, e.value.where);
      if (!fresh)
        out.error(e.value.where, codes::duplicate,
                  '[' + first->first + "] stands in " + first->second.text() + " too; rename one of them");
      return !fresh;
    });
  }
}

std::vector<std::pair<std::string, place>> includes(const node& main, const environment& env) {
  std::vector<std::pair<std::string, place>> found;
  const node* list = main.find("include");
  if (!list || !list->is(kind::array)) return found;
  const std::string folder = main.where.folder();
  for (const auto& item : list->items) {
    if (!item.is(kind::string) || item.text.empty()) continue;
    const std::string pattern =
        item.text.front() == '/' || folder.empty() ? item.text : (folder == "/" ? "/" : folder + '/') + item.text;
    if (!is_pattern(pattern)) {
      found.emplace_back(pattern, item.where);
      continue;
    }
    for (auto& path : expand(pattern, env)) found.emplace_back(std::move(path), item.where);
  }
  // A file that two patterns match is read once.
  std::vector<std::pair<std::string, place>> once;
  for (auto& one : found)
    if (std::none_of(once.begin(), once.end(), [&](const auto& o) { return o.first == one.first; }) &&
        one.first != main.where.file.text())
      once.push_back(std::move(one));
  return once;
}

}  // namespace

std::vector<std::string> expand(const std::string& pattern, const environment& env) {
  std::vector<std::string> found{pattern.starts_with('/') ? "/" : ""};
  for (const auto part : text::split(pattern, '/')) {
    if (part.empty()) continue;
    std::vector<std::string> next;
    for (const auto& folder : found) {
      const std::string prefix = folder.empty() || folder == "/" ? folder : folder + '/';
      if (!is_pattern(part)) {
        next.push_back(prefix + std::string(part));
        continue;
      }
      auto names = env.list_folder(folder.empty() ? "." : folder);
      if (!names) continue;  // no such folder: nothing matches
      std::sort(names->begin(), names->end());
      for (const auto& name : *names)
        if (matches(part, name)) next.push_back(prefix + name);
    }
    found = std::move(next);
  }
  std::sort(found.begin(), found.end());
  return found;
}

read_files read_all_files(const std::string& path, const environment& env, complaints& out) {
  read_files all;
  all.root.where = {path, 1, 1};
  auto main = read_one(path, {path, 0, 0}, true, env, out);
  if (!main) return all;
  all.files.push_back(path);
  const auto more = includes(*main, env);
  all.root = std::move(*main);
  named_places known;
  if (!more.empty()) refuse_doubles(known, all.root, out);  // one file has none: they are learnt
  for (const auto& [file, named_at] : more) {
    auto read = read_one(file, named_at, false, env, out);
    if (!read) continue;
    all.files.push_back(file);
    if (const entry* again = read->find_entry("include"))
      out.error(again->where, codes::conflict, "only the main file may include others; name the files there");
    read->remove("version");
    read->remove("include");
    refuse_doubles(known, *read, out);
    const place main_place = all.root.where;
    all.root = merge(root_shape(), std::move(all.root), std::move(*read));
    all.root.where = main_place;
  }
  return all;
}

}  // namespace triggerd::config
