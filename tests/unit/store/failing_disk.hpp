// A disk under SQLite that fails at a chosen call: the n-th read, write, truncation or sync since it was armed, once or
// from then on. It outlives the files that are opened on it.
#pragma once

#include "unit/store/sqlite_shim.hpp"

#include <atomic>

namespace triggerd::test {

class failing_disk : sqlite_shim {
 public:
  enum class manner { once, from_then_on };

  // The calls before `first` succeed.
  failing_disk(int first, manner how, int code) : sqlite_shim("failing", open), first_(first), how_(how), code_(code) {
    current() = this;
  }
  ~failing_disk() { current() = nullptr; }

  bool failed() const { return calls_ > first_; }
  // For a disk that outlives the files on it.
  void break_now() { first_ = 0; }
  void heal() { first_ = never; }
  static constexpr int never = 1'000'000'000;

 private:
  static failing_disk*& current() {
    static failing_disk* one = nullptr;
    return one;
  }
  static bool fails() {
    failing_disk* disk = current();
    if (disk == nullptr) return false;
    const int call = disk->calls_++;
    return disk->how_ == manner::once ? call == disk->first_ : call >= disk->first_;
  }
  template <class Call>
  static int attempt(int when_reading, Call call) {
    if (!fails()) return call();
    return when_reading != 0 ? when_reading : current()->code_;
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* given) {
    static const sqlite3_io_methods methods = failing_methods();
    return open_beneath(name, out, flags, given, methods);
  }
  static sqlite3_io_methods failing_methods() {
    sqlite3_io_methods m = passing_methods();
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return attempt(SQLITE_IOERR_READ, [&] { return real(f)->pMethods->xRead(real(f), to, size, at); });
    };
    m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      return attempt(0, [&] { return real(f)->pMethods->xWrite(real(f), from, size, at); });
    };
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
      return attempt(0, [&] { return real(f)->pMethods->xTruncate(real(f), size); });
    };
    m.xSync = [](sqlite3_file* f, int flags) {
      return attempt(0, [&] { return real(f)->pMethods->xSync(real(f), flags); });
    };
    return m;
  }

  std::atomic<int> first_;  // files are used on the ledger's own thread
  const manner how_;
  const int code_;
  std::atomic<int> calls_{0};
};

// Does `work` on a disk that fails at its first call, then at its second, ... until it comes through unharmed; `after` looks
// at what is left each time. Gives how many calls there were.
template <class Work, class After>
int at_every_step(failing_disk::manner how, int code, Work work, After after) {
  for (int step = 0; step < 5'000; ++step) {
    bool failed = false;
    {
      failing_disk disk(step, how, code);
      work(step);
      failed = disk.failed();
    }
    after(step);
    if (!failed) return step;
  }
  FAIL("it never came through");
  return 0;
}

}  // namespace triggerd::test
