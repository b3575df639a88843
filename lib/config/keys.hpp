// The format as one table. The reader's checks, the nearest-key suggestions, the "not supported yet" answers and the JSON
// schemas all come from it; a key that is not here does not exist.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::config {

struct node;

// What a value looks like.
enum class form {
  text,
  word,  // one of `words`
  flag,
  integer,  // least..most
  number,
  duration,             // "1h30m"; least..most in ms
  duration_or_never,    // or "never"
  duration_or_instant,  // or a date
  backoff,              // "500ms..30s"
  rate,                 // "1200/min"
  size,                 // "64KiB"
  share,                // "2%" or a count
  percent,              // "98%"
  moment,               // an instant, or relative to the fire: "-2h"
  instants,             // an instant or an array of them
  scalar,               // string, integer, number, boolean or date
  text_or_number,
  path,  // relative to the file that names it
  strings,
  argv,      // a program and its arguments
  text_map,  // a table of strings
  json,      // anything
  json_table,
  json_list,
  table,   // of keys: `of`
  tables,  // an array of them
  named,   // a table of them, by name
  source,  // { env = }, { file = }, { systemd = }, { exec = [] }: `of`
  name_or_source,
  text_or_source_map,  // a table whose values are strings or sources
};

// Where placeholders are replaced. `outer`: as in the table around.
enum class names { none, fire, items, outer };

enum class due { now, later };

// Complains about a text, or not. Runs on every string of the value that holds no placeholder.
using text_check = std::optional<std::string> (*)(std::string_view);
using words = std::span<const std::string_view>;

struct shape;

struct key {
  std::string_view name;
  form is;
  std::string_view about;       // one sentence, for editors
  std::string_view fallback{};  // the default as TOML text, for editors; the value itself lives in the spec
  bool required = false;
  due when = due::now;
  words allowed{};        // form::word, and the elements of form::strings when given
  words allowed_later{};  // words of the format that are not built yet
  const shape* of = nullptr;
  double least = 0;
  double most = 9'007'199'254'740'992.0;  // 2^53
  names replaced = names::none;
  text_check check = nullptr;       // of texts
  text_check name_check = nullptr;  // of the names in a text_map, a named or a text_or_source_map
};

// A set of keys. `kinds` adds keys by the word that `kind_key` holds.
struct shape {
  struct kind_of {
    std::string_view word;
    const shape* adds;
  };
  std::span<const key> keys;
  words one_of{};           // at most one of these keys
  bool one_needed = false;  // and at least one
  std::string_view kind_key{};
  std::span<const kind_of> kinds{};
};

const shape& root_shape();       // a whole file
const shape& jobs_file_shape();  // what developers write: version, defaults.job, job
const shape& job_shape();        // one [job.NAME]
const shape& target_defaults_shape();
const shape& target_shape();
const shape& job_defaults_shape();

// The keys that hold in this table, those of its kind included.
std::vector<const key*> keys_of(const shape& s, const node& table);
const key* find_key(const shape& s, const node& table, std::string_view name);

}  // namespace triggerd::config
