// A disk under SQLite that fails at a chosen call: the n-th read, write, truncation or sync since it was armed, once or
// from then on. It outlives the files that are opened on it.
#pragma once

#include <sqlite3.h>

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>

namespace triggerd::test {

class failing_disk {
 public:
  enum class manner { once, from_then_on };

  // Files that are opened while it lives lie on it; the calls before `first` succeed.
  failing_disk(int first, manner how, int code) : first_(first), how_(how), code_(code) {
    current() = this;
    beneath() = sqlite3_vfs_find(nullptr);
    vfs_ = *beneath();
    vfs_.zName = "failing";
    vfs_.szOsFile = static_cast<int>(sizeof(file)) + beneath()->szOsFile;
    vfs_.xOpen = open;
    REQUIRE(sqlite3_vfs_register(&vfs_, 1) == SQLITE_OK);
  }
  ~failing_disk() {
    sqlite3_vfs_unregister(&vfs_);
    current() = nullptr;
  }
  failing_disk(const failing_disk&) = delete;
  failing_disk& operator=(const failing_disk&) = delete;

  bool failed() const { return calls_ > first_; }
  // For a disk that outlives the files on it.
  void break_now() { first_ = 0; }
  void heal() { first_ = never; }
  static constexpr int never = 1'000'000'000;

 private:
  struct file {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static sqlite3_file* real(sqlite3_file* of) { return reinterpret_cast<file*>(of)->real(); }
  static failing_disk*& current() {
    static failing_disk* one = nullptr;
    return one;
  }
  static sqlite3_vfs*& beneath() {
    static sqlite3_vfs* one = nullptr;
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
    static const sqlite3_io_methods methods = all_methods();
    out->pMethods = nullptr;
    std::memset(static_cast<void*>(real(out)), 0, static_cast<std::size_t>(beneath()->szOsFile));
    const int code = beneath()->xOpen(beneath(), name, real(out), flags, given);
    if (real(out)->pMethods != nullptr) out->pMethods = &methods;
    return code;
  }
  static sqlite3_io_methods all_methods() {
    sqlite3_io_methods m{};
    m.iVersion = 1;  // no shared memory: our connections lock for good
    m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
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
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return real(f)->pMethods->xFileSize(real(f), size); };
    m.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
    m.xUnlock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xUnlock(real(f), level); };
    m.xCheckReservedLock = [](sqlite3_file* f, int* out) {
      return real(f)->pMethods->xCheckReservedLock(real(f), out);
    };
    m.xFileControl = [](sqlite3_file* f, int op, void* arg) {
      return real(f)->pMethods->xFileControl(real(f), op, arg);
    };
    m.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); };
    return m;
  }

  std::atomic<int> first_;  // files are used on the ledger's own thread
  const manner how_;
  const int code_;
  std::atomic<int> calls_{0};
  sqlite3_vfs vfs_{};
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
