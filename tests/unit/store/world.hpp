// Ledgers of both makes behind one face, so that one test body holds them to the same behaviour.
#pragma once

#include "store/memory_ledger.hpp"
#include "store/sqlite_ledger.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace triggerd::test {

using namespace triggerd::store;

class temporary_directory {
 public:
  temporary_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "triggerd-store-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~temporary_directory() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class log_lines final : public log {
 public:
  void write(log_level, std::string_view message, std::initializer_list<log_field>) override {
    lines.emplace_back(message);
  }
  bool has(std::string_view part) const {
    for (const auto& line : lines)
      if (line.find(part) != std::string::npos) return true;
    return false;
  }
  std::vector<std::string> lines;
};

inline std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline void put_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// A loop that runs one task at a time to its end.
class runner {
 public:
  template <class T>
  T run(task<T> what) {
    std::optional<T> out;
    spawn([](task<T> inner, std::optional<T>& place) -> task<> { place.emplace(co_await std::move(inner)); }(
                                                         std::move(what), out));
    spin();
    REQUIRE(out.has_value());
    return std::move(*out);
  }
  void run(task<> what) {
    spawn(std::move(what));
    spin();
  }
  void spawn(task<> what) {
    asio::co_spawn(loop, std::move(what), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
  }
  void spin() {
    loop.restart();
    loop.run();
  }
  // Lets others work until the condition holds; false after ten seconds.
  template <class Condition>
  bool until(Condition holds) {
    for (int i = 0; i < 1'000 && !holds(); ++i) {
      loop.restart();
      loop.run_for(std::chrono::milliseconds(10));
      // run_for() returns at once when the loop has no work of its own.
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return holds();
  }

  asio::io_context loop{1};
  machine_clock time;
  loop_timers timers{loop, time};
};

struct sqlite_world : runner {
  static constexpr const char* make = "sqlite";
  temporary_directory place;
  log_lines journal;
  std::unique_ptr<sqlite_ledger> book_;

  sqlite_world() { open(); }
  ~sqlite_world() {
    if (book_) run(book_->close());
  }
  std::string path() const { return place.file("ledger.db"); }
  static sqlite_ledger::options quick() {
    sqlite_ledger::options how;
    how.pacing.probe_every = std::chrono::milliseconds(20);
    how.pacing.idle_checkpoint = std::chrono::milliseconds(10);
    how.pacing.log_room = 0;
    return how;
  }
  void open() {
    auto made = sqlite_ledger::open(path(), loop.get_executor(), time, journal, quick());
    REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : made.error().describe()));
    book_ = std::move(*made);
  }
  sqlite_ledger& book() { return *book_; }
  // A stop in good order and a new start.
  void restart() {
    run(book_->close());
    book_.reset();
    open();
  }
};

struct memory_world : runner {
  static constexpr const char* make = "memory";
  memory_disk disk;
  std::unique_ptr<memory_ledger> book_;

  memory_world() { book_ = std::make_unique<memory_ledger>(disk, timers, time); }
  memory_ledger& book() { return *book_; }
  void restart() {
    (void)run(book_->commit());
    book_->crash();
    book_ = std::make_unique<memory_ledger>(disk, timers, time);
  }
};

inline instant at_ms(std::int64_t ms) { return instant(milliseconds(ms)); }

inline fire_row a_fire(const std::string& id, const std::string& job = "nightly",
                       fire_state state = fire_state::running) {
  fire_row r;
  r.id = id;
  r.job = job;
  r.kind = "trigger";
  r.cause = "schedule";
  r.by = "someone";
  r.due = at_ms(1'795'487'000'123);
  r.created = at_ms(1'795'487'000'456);
  r.spec = R"({"task":"report"})";
  r.vars = R"({"a":1})";
  r.state = state;
  r.note = "a note with 'quotes' and \xC3\xBC";
  return r;
}

inline leg_row a_leg(const std::string& fire, const std::string& target) {
  leg_row r;
  r.fire = fire;
  r.target = target;
  r.identity = "env_1";
  r.state = leg_state::running;
  r.attempt = 2;
  r.memo = R"({"line":7})";
  r.planned = true;
  r.actions = 1;
  r.done = 2;
  r.failed = 3;
  r.unknown = 4;
  r.items = 5;
  r.rejected = 6;
  r.requests = 7;
  r.retries = 8;
  r.started = at_ms(1'000);
  r.note = "n";
  return r;
}

inline action_row an_action(const std::string& fire, const std::string& target, std::uint64_t number,
                            action_state state = action_state::intended) {
  action_row r;
  r.fire = fire;
  r.target = target;
  r.number = number;
  r.attempt = 2;
  r.kind = "trigger";
  r.subject = "task report";
  r.key = "key-" + std::to_string(number);
  r.body = std::string("{\"payload\":\"") + '\0' + "\"}";
  r.spool = "";
  r.items = 9;
  r.memo = R"({"batch":"b"})";
  r.state = state;
  r.tries = 3;
  r.intended = at_ms(5);
  r.run = "run_1";
  r.code = "api.refused";
  r.note = "words";
  return r;
}

inline action_change a_change(const std::string& fire, const std::string& target, std::uint64_t number) {
  action_change c;
  c.fire = fire;
  c.target = target;
  c.number = number;
  return c;
}

inline void put_large_action(ledger& book, std::uint64_t number) {
  book.put(a_leg("f", "t"));
  action_row row = an_action("f", "t", number);
  row.body = std::string(1 << 20, 'x');
  book.put(std::move(row));
}

}  // namespace triggerd::test

// What every ledger must do the same way.
#define BOTH_LEDGERS triggerd::test::sqlite_world, triggerd::test::memory_world
