#include "store/ledger_mark.hpp"

#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "store/file_system.hpp"
#include "store/ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace triggerd::store {

namespace {

constexpr const char* lineage_setting = "ledger";
constexpr const char* file_setting = "ledger.file";
constexpr std::size_t beat_digits = 20;  // padded, so that a mark is overwritten in place

result<std::string> setting(connection& db, const char* name) {
  query q(db, "SELECT value FROM setting WHERE name = ?");
  q.bind(std::string_view(name));
  const auto found = q.step();
  if (!found) return found.error();
  return *found ? q.text() : std::string();
}

result<> keep_setting(connection& db, const char* name, const std::string& value) {
  query q(db, "INSERT OR REPLACE INTO setting(name, value) VALUES(?,?)");
  q.bind(std::string_view(name)).bind(value);
  return q.run();
}

lineage next_of(const lineage& before, instant now) { return {before.id, before.beat + 1, std::max(now, before.at)}; }

// `known`: of a copy.
result<> keep_all(connection& db, const lineage& now, const std::string& file, std::optional<instant> known) {
  if (const auto begun = db.run("BEGIN IMMEDIATE"); !begun) return begun;
  result<> kept = keep_setting(db, lineage_setting, now.text());
  if (kept) kept = keep_setting(db, file_setting, file);
  if (kept && known) kept = keep_setting(db, restored_setting, text::iso(now.at));
  if (kept && known) kept = keep_setting(db, restored_known_setting, text::iso(*known));
  if (kept) kept = db.run("COMMIT");
  if (!kept && db.in_transaction()) (void)db.run("ROLLBACK");
  return kept;
}

}  // namespace

std::string lineage::text() const {
  std::string count = std::to_string(beat);
  count.insert(0, beat_digits - count.size(), '0');
  return id + ' ' + count + ' ' + text::iso(at);
}

std::optional<lineage> lineage::read(std::string_view words) {
  const std::size_t first = words.find(' ');
  const std::size_t second = words.find(' ', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos || first == 0) return std::nullopt;
  lineage out;
  out.id = words.substr(0, first);
  const std::string_view count = words.substr(first + 1, second - first - 1);
  const auto [end, failed] = std::from_chars(count.data(), count.data() + count.size(), out.beat);
  if (failed != std::errc() || end != count.data() + count.size()) return std::nullopt;
  const auto at = text::parse_iso(text::trim(words.substr(second + 1)));
  if (!at) return std::nullopt;
  out.at = *at;
  return out;
}

origin judge(const std::optional<lineage>& ledger, const std::optional<lineage>& mark, bool same_file) {
  if (!ledger) return !mark || mark->beat == 0 ? origin::fresh : origin::copied;
  const bool ours = mark && mark->id == ledger->id && mark->beat <= ledger->beat && same_file;
  return ours ? origin::own : origin::copied;
}

std::string mark_path(const std::string& ledger_path) { return ledger_path + ".mark"; }

result<std::optional<lineage>> read_mark(const std::string& ledger_path) {
  const std::string path = mark_path(ledger_path);
  if (!exists(path)) return std::optional<lineage>();
  const auto words = read_whole(path);
  if (!words) return words.error();
  const auto found = lineage::read(*words);
  return found ? found : std::optional(lineage{"unreadable", 1, {}});
}

result<> write_mark(const std::string& ledger_path, const lineage& what) {
  return write_durable(mark_path(ledger_path), what.text() + '\n');
}

ledger_mark::ledger_mark(lineage now, descriptor file, const clock& time)
    : now_(std::move(now)), file_(std::move(file)), clock_(&time), last_(time.steady()) {}

result<ledger_mark> ledger_mark::take(connection& db, const std::string& path, const clock& time) {
  const auto said = setting(db, lineage_setting);
  if (!said) return said.error();
  const auto stood_in = setting(db, file_setting);
  if (!stood_in) return stood_in.error();
  const auto file = file_identity(path);
  if (!file) return file.error();
  const auto mark = read_mark(path);
  if (!mark) return mark.error();

  const std::optional<lineage> before = lineage::read(*said);
  const instant marked_at = *mark ? (*mark)->at : instant();
  lineage now = before.value_or(lineage{});
  switch (judge(before, *mark, *stood_in == *file)) {
    case origin::copied: {
      auto adopted = adopt(db, path, time, marked_at);
      if (!adopted) return adopted.error();
      now = std::move(*adopted);
      break;
    }
    case origin::fresh: {
      now.id = machine_random().uuid_v4();
      const auto begun = write_mark(path, {now.id, 0, time.now()});
      if (!begun) return begun.error();
      [[fallthrough]];
    }
    case origin::own: {
      now = next_of(now, time.now());
      const auto kept = keep_all(db, now, *file, std::nullopt);
      if (!kept) return kept.error();
    }
  }
  const auto marked = write_mark(path, now);
  if (!marked) return marked.error();
  const std::string mark_file = mark_path(path);
  descriptor opened(::open(mark_file.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened) return system_trouble(mark_file, "open", errno);
  return ledger_mark(std::move(now), std::move(opened), time);
}

// The id is a new one: the ledger that this was copied from may live on elsewhere.
result<lineage> ledger_mark::adopt(connection& db, const std::string& path, const clock& time, instant latest) {
  const auto said = setting(db, lineage_setting);
  if (!said) return said.error();
  const auto file = file_identity(path);
  if (!file) return file.error();
  const std::optional<lineage> before = lineage::read(*said);
  lineage now = next_of(before.value_or(lineage{}), std::max(time.now(), latest));
  now.id = machine_random().uuid_v4();
  const auto kept = keep_all(db, now, *file, before ? before->at : latest);
  if (!kept) return kept.error();
  return now;
}

bool ledger_mark::due() const { return clock_->steady() - last_ >= limits::ledger_beat; }

result<> ledger_mark::beat(connection& db) {
  next_ = next_of(now_, clock_->now());
  return keep_setting(db, lineage_setting, next_->text());
}

// Not synced, and no harm when it fails: a mark that is behind only sees less.
void ledger_mark::committed() {
  if (!next_) return;
  now_ = std::move(*next_);
  next_.reset();
  last_ = clock_->steady();
  const std::string words = now_.text() + '\n';
  (void)!::pwrite(file_.get(), words.data(), words.size(), 0);
}

void ledger_mark::rolled_back() { next_.reset(); }

}  // namespace triggerd::store
