// What stands between SQLite and the machine's disk: every call passes, and a disk of a test's own bends those it is about.
// Files that are opened while it lives lie on it.
#pragma once

#include <sqlite3.h>

#include <doctest/doctest.h>

#include <cstring>

namespace triggerd::test {

class sqlite_shim {
 public:
  sqlite_shim(const sqlite_shim&) = delete;
  sqlite_shim& operator=(const sqlite_shim&) = delete;

 protected:
  using opener = int (*)(sqlite3_vfs*, const char*, sqlite3_file*, int, int*);
  using remover = int (*)(sqlite3_vfs*, const char*, int);

  sqlite_shim(const char* name, opener open, remover remove = nullptr) {
    beneath() = sqlite3_vfs_find(nullptr);
    vfs_ = *beneath();
    vfs_.zName = name;
    vfs_.szOsFile = static_cast<int>(sizeof(file)) + beneath()->szOsFile;
    vfs_.xOpen = open;
    if (remove != nullptr) vfs_.xDelete = remove;
    REQUIRE(sqlite3_vfs_register(&vfs_, 1) == SQLITE_OK);
  }
  ~sqlite_shim() { sqlite3_vfs_unregister(&vfs_); }

  static sqlite3_vfs*& beneath() {
    static sqlite3_vfs* one = nullptr;
    return one;
  }
  static sqlite3_file* real(sqlite3_file* of) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<file*>(of) + 1);
  }
  // SQLite keeps the name while the file is open; null of a nameless one.
  static const char* name_of(sqlite3_file* of) { return reinterpret_cast<file*>(of)->name; }

  static int open_beneath(const char* name, sqlite3_file* out, int flags, int* given,
                          const sqlite3_io_methods& methods) {
    out->pMethods = nullptr;
    reinterpret_cast<file*>(out)->name = name;
    std::memset(static_cast<void*>(real(out)), 0, static_cast<std::size_t>(beneath()->szOsFile));
    const int code = beneath()->xOpen(beneath(), name, real(out), flags, given);
    if (real(out)->pMethods != nullptr) out->pMethods = &methods;
    return code;
  }
  static sqlite3_io_methods passing_methods() {
    sqlite3_io_methods m{};
    m.iVersion = 1;  // no shared memory: our connections lock for good
    m.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return real(f)->pMethods->xRead(real(f), to, size, at);
    };
    m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      return real(f)->pMethods->xWrite(real(f), from, size, at);
    };
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return real(f)->pMethods->xTruncate(real(f), size); };
    m.xSync = [](sqlite3_file* f, int flags) { return real(f)->pMethods->xSync(real(f), flags); };
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

 private:
  struct file {
    sqlite3_file base;
    const char* name;
  };

  sqlite3_vfs vfs_{};
};

}  // namespace triggerd::test
