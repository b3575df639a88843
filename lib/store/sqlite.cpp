#include "store/sqlite.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/gathering_disk.hpp"

#include <sqlite3.h>

#include <array>
#include <charconv>

namespace triggerd::store {

namespace {

constexpr int busy_patience_ms = 5'000;  // a backup tool may hold the file for a moment

// SQLite says "disk I/O error" for much; the extended code tells which call failed.
std::string words_for(int code) {
  std::string words = sqlite3_errstr(code & 0xff);
  if ((code & 0xff) == SQLITE_IOERR && code != SQLITE_IOERR) words += " (" + std::to_string(code) + ")";
  return words;
}

// The check itself takes a disk that refuses to read for damage, and says so in words: "Page 9: unable to get the page.
// error code=266" of a page of a tree; of one in a chain (a long value, pages free for use) "failed to get page 9", and
// no code.
int code_in(std::string_view verdict) {
  if (verdict.find("failed to get page") != std::string_view::npos) return SQLITE_IOERR_READ;
  constexpr std::string_view before = "error code=";
  const std::size_t found = verdict.find(before);
  int code = SQLITE_CORRUPT;
  if (found != std::string_view::npos)
    std::from_chars(verdict.data() + found + before.size(), verdict.data() + verdict.size(), code);
  return code;
}

bool is_damage(int code) { return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB; }

}  // namespace

query::query(connection& of, std::string_view sql) : connection_(of), statement_(of.prepare(sql, failed_)) {}

query::~query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

query& query::bind(std::string_view text) {
  if (failed_ != SQLITE_OK) return *this;
  // An empty view may hold a null pointer, which SQLite takes for NULL.
  const char* bytes = text.data() == nullptr ? "" : text.data();
  failed_ = sqlite3_bind_text64(statement_, ++bound_, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

query& query::bind(std::int64_t number) {
  if (failed_ == SQLITE_OK) failed_ = sqlite3_bind_int64(statement_, ++bound_, number);
  return *this;
}

query& query::bind(std::nullopt_t) {
  if (failed_ == SQLITE_OK) failed_ = sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

result<bool> query::step() {
  if (failed_ != SQLITE_OK) return connection_.why(failed_);
  column_ = 0;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  failed_ = code;
  return connection_.why(code);
}

result<> query::run() {
  for (;;) {
    const auto more = step();
    if (!more) return more.error();
    if (!*more) return {};
  }
}

std::string query::text() {
  const int column = column_++;
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t query::number() { return sqlite3_column_int64(statement_, column_++); }

std::optional<instant> query::maybe_at() {
  if (sqlite3_column_type(statement_, column_) == SQLITE_NULL) {
    ++column_;
    return std::nullopt;
  }
  return at();
}

void connection::close_handle::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void connection::finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

result<connection> connection::open(const std::string& path) {
  connection made;
  sqlite3* handle = nullptr;
  // Nobody asks for its statistics of memory, which cost a lock for every allocation. Refused once it is at work.
  (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  // NOMUTEX: one thread at a time uses it.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, gathering_disk());
  made.handle_.reset(handle);
  if (code != SQLITE_OK) return made.why(code);
  sqlite3_busy_timeout(handle, busy_patience_ms);
  // Our hook replaces the one that folds the log inside a commit; PRAGMA wal_autocheckpoint would replace ours.
  sqlite3_wal_hook(
      handle,
      [](void* place, sqlite3*, const char*, int pages) {
        *static_cast<int*>(place) = pages;
        return SQLITE_OK;
      },
      made.log_pages_.get());
  if (const auto locks = made.run("PRAGMA locking_mode=EXCLUSIVE"); !locks) return locks.error();
  return made;
}

result<> connection::run(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return why(code);
  return {};
}

result<std::string> connection::ask(const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  const int prepared = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, finalize> statement(raw);
  if (prepared != SQLITE_OK) return why(prepared);
  const int code = sqlite3_step(raw);
  if (code == SQLITE_DONE) return std::string();
  if (code != SQLITE_ROW) return why(code);
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
  return std::string(bytes == nullptr ? "" : bytes);
}

result<> connection::check(depth how) {
  const auto verdict = ask(how == depth::pages ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)");
  if (!verdict) return verdict.error();
  if (*verdict == "ok") return {};
  const int code = code_in(*verdict);
  if (!is_damage(code)) return why(code);
  return fail(codes::damaged, "the ledger: " + text::printable(*verdict, 200));
}

bool connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

std::int64_t connection::changes() const { return sqlite3_changes64(handle_.get()); }

std::int64_t connection::total_changes() const { return sqlite3_total_changes64(handle_.get()); }

result<> connection::checkpoint(bool truncate) {
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, mode, nullptr, nullptr);
  if (code != SQLITE_OK) return why(code);
  *log_pages_ = 0;
  return {};
}

// Zeros are no frames: whoever reads the log stops before them. Frames of an earlier time would be lost under them.
result<> connection::make_log_room(std::size_t bytes) {
  static constexpr std::array<char, 64 << 10> zeros{};
  sqlite3_file* log = nullptr;
  int code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (code == SQLITE_OK && (log == nullptr || log->pMethods == nullptr)) return {};
  sqlite3_int64 filled = 0;
  if (code == SQLITE_OK) code = log->pMethods->xFileSize(log, &filled);
  if (code == SQLITE_OK && filled != 0) return {};
  for (std::size_t at = 0; code == SQLITE_OK && at < bytes; at += zeros.size()) {
    const auto offset = static_cast<sqlite3_int64>(at);
    code = log->pMethods->xWrite(log, zeros.data(), static_cast<int>(zeros.size()), offset);
  }
  if (code == SQLITE_OK) code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
  if (code != SQLITE_OK) return why(code);
  return {};
}

sqlite3_stmt* connection::prepare(std::string_view sql, int& failed) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return found->second.get();
  sqlite3_stmt* made = nullptr;
  failed = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made,
                              nullptr);
  if (failed == SQLITE_OK) statements_.emplace(sql, std::unique_ptr<sqlite3_stmt, finalize>(made));
  return made;
}

error connection::why(int code) const {
  // A wrong statement is a mistake of ours and needs SQLite's own words to be found; a disk's trouble needs the code.
  std::string words = words_for(code);
  if ((code & 0xff) == SQLITE_ERROR && handle_) words = sqlite3_errmsg(handle_.get());
  return fail(is_damage(code) ? codes::damaged : codes::disk, "the ledger: " + words);
}

}  // namespace triggerd::store
