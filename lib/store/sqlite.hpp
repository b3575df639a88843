// SQLite with owners and with errors as values. One thread at a time.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace triggerd::store {

class connection;

// One use of a prepared statement: bind in order, step, read columns. The statement goes back to the connection's
// cache, reset and without bindings, when the query ends. Bound text must outlive the query.
class query {
 public:
  query(connection& of, std::string_view sql);
  ~query();
  query(const query&) = delete;
  query& operator=(const query&) = delete;

  query& bind(std::string_view text);
  query& bind(std::int64_t number);
  query& bind(std::uint64_t number) { return bind(static_cast<std::int64_t>(number)); }
  query& bind(int number) { return bind(static_cast<std::int64_t>(number)); }
  query& bind(bool flag) { return bind(static_cast<std::int64_t>(flag)); }
  query& bind(instant at) { return bind(static_cast<std::int64_t>(at.time_since_epoch().count())); }
  query& bind(std::nullopt_t);
  template <class T>
  query& bind(const std::optional<T>& value) {
    return value ? bind(*value) : bind(std::nullopt);
  }

  result<bool> step();  // true: a row stands ready
  result<> run();       // to its end, for statements without rows

  // Columns of the row, taken from left to right.
  std::string text();
  std::int64_t number();
  std::uint64_t count() { return static_cast<std::uint64_t>(number()); }
  bool flag() { return number() != 0; }
  instant at() { return instant(milliseconds(number())); }
  std::optional<instant> maybe_at();

 private:
  connection& connection_;
  sqlite3_stmt* statement_ = nullptr;
  int failed_ = 0;  // the first SQLite result code that was not OK
  int bound_ = 0;
  int column_ = 0;
};

class connection {
 public:
  // Opens an existing file for reading and writing. store.damaged when it is no database, store.disk otherwise.
  // It locks the file for good at its first look: that needs no shared memory file and keeps every other program out, so
  // SQLite's hazard of several connections folding one log (3.7.0 to 3.51.2) cannot arise.
  static result<connection> open(const std::string& path);
  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();

  result<> run(const char* sql);                    // one or more statements, rows ignored
  result<std::string> ask(const std::string& sql);  // the first column of the first row; not cached
  enum class depth { pages, pages_and_indexes };    // about a second per gigabyte, and several
  // Looks at every page. store.damaged says what is wrong; store.disk when a page could not be read.
  result<> check(depth how);
  bool in_transaction() const;
  std::int64_t changes() const;        // rows touched by the last statement
  std::int64_t total_changes() const;  // by all of them
  // Frames in the write-ahead log after the last commit.
  int log_pages() const { return *log_pages_; }
  result<> checkpoint(bool truncate);
  // Lets an empty write-ahead log fill so many bytes before its file grows; leaves one alone that holds anything.
  result<> make_log_room(std::size_t bytes);

 private:
  friend class query;
  connection() = default;
  sqlite3_stmt* prepare(std::string_view sql, int& failed);
  error why(int code) const;  // the last failure in words: "disk full", ...

  struct close_handle {
    void operator()(sqlite3* handle) const;
  };
  struct finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<int> log_pages_ = std::make_unique<int>(0);
  std::unique_ptr<sqlite3, close_handle> handle_;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, finalize>, std::less<>> statements_;
};

}  // namespace triggerd::store
