#include "store/gathering_disk.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <memory>
#include <new>
#include <string>

namespace triggerd::store {

namespace {

constexpr std::size_t most_gathered = 64u << 10;  // 16 pages of 4 KiB: more at once costs no less

sqlite3_vfs& beneath() { return *sqlite3_vfs_find(nullptr); }

// Lies in SQLite's memory, from open to close.
class disk_file : public sqlite3_file {
 public:
  static disk_file& of(sqlite3_file* file) { return *static_cast<disk_file*>(file); }

  int open(const char* name, int flags, int* given) {
    gathers_ = (flags & SQLITE_OPEN_WAL) != 0;
    sqlite3_vfs& disk = beneath();
    memory_ = std::make_unique<std::byte[]>(static_cast<std::size_t>(disk.szOsFile));
    return disk.xOpen(&disk, name, real(), flags, given);
  }
  bool is_open() { return real()->pMethods != nullptr; }
  const sqlite3_io_methods& calls() { return *real()->pMethods; }
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(memory_.get()); }

  int write(const void* from, std::size_t size, sqlite3_int64 at) {
    const bool follows = at == at_ + static_cast<sqlite3_int64>(gathered_.size());
    if (!follows || gathered_.size() + size > most_gathered)
      if (const int code = write_gathered(); code != SQLITE_OK) return code;
    if (!gathers_ || size > most_gathered) return calls().xWrite(real(), from, static_cast<int>(size), at);
    if (gathered_.empty()) at_ = at;
    gathered_.append(static_cast<const char*>(from), size);
    return SQLITE_OK;
  }
  // What could not be written is given up: SQLite then takes the whole commit back.
  int write_gathered() {
    if (gathered_.empty()) return SQLITE_OK;
    const int code = calls().xWrite(real(), gathered_.data(), static_cast<int>(gathered_.size()), at_);
    gathered_.clear();
    return code;
  }

 private:
  std::unique_ptr<std::byte[]> memory_;
  bool gathers_ = false;
  sqlite3_int64 at_ = 0;  // where the gathered bytes belong
  std::string gathered_;
};

// Does a call once all before it has reached the file.
template <class Call>
int after_writes(sqlite3_file* file, Call call) {
  disk_file& of = disk_file::of(file);
  const int written = of.write_gathered();
  return written == SQLITE_OK ? call(of.calls(), of.real()) : written;
}

int close(sqlite3_file* file) noexcept {
  disk_file& of = disk_file::of(file);
  const int written = of.write_gathered();
  const int closed = of.calls().xClose(of.real());
  of.~disk_file();
  return written != SQLITE_OK ? written : closed;
}

sqlite3_io_methods all_calls() {
  sqlite3_io_methods m{};
  m.iVersion = 1;
  m.xClose = close;
  m.xRead = [](sqlite3_file* file, void* to, int size, sqlite3_int64 at) noexcept {
    return after_writes(file, [=](const auto& calls, auto* real) { return calls.xRead(real, to, size, at); });
  };
  m.xWrite = [](sqlite3_file* file, const void* from, int size, sqlite3_int64 at) noexcept {
    return disk_file::of(file).write(from, static_cast<std::size_t>(size), at);
  };
  m.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) noexcept {
    return after_writes(file, [=](const auto& calls, auto* real) { return calls.xTruncate(real, size); });
  };
  m.xSync = [](sqlite3_file* file, int flags) noexcept {
    return after_writes(file, [=](const auto& calls, auto* real) { return calls.xSync(real, flags); });
  };
  m.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) noexcept {
    return after_writes(file, [=](const auto& calls, auto* real) { return calls.xFileSize(real, size); });
  };
  m.xLock = [](sqlite3_file* file, int level) noexcept {
    return disk_file::of(file).calls().xLock(disk_file::of(file).real(), level);
  };
  m.xUnlock = [](sqlite3_file* file, int level) noexcept {
    return disk_file::of(file).calls().xUnlock(disk_file::of(file).real(), level);
  };
  m.xCheckReservedLock = [](sqlite3_file* file, int* out) noexcept {
    return disk_file::of(file).calls().xCheckReservedLock(disk_file::of(file).real(), out);
  };
  m.xFileControl = [](sqlite3_file* file, int what, void* with) noexcept {
    return disk_file::of(file).calls().xFileControl(disk_file::of(file).real(), what, with);
  };
  m.xSectorSize = [](sqlite3_file* file) noexcept {
    return disk_file::of(file).calls().xSectorSize(disk_file::of(file).real());
  };
  m.xDeviceCharacteristics = [](sqlite3_file* file) noexcept {
    return disk_file::of(file).calls().xDeviceCharacteristics(disk_file::of(file).real());
  };
  return m;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) noexcept {
  static const sqlite3_io_methods methods = all_calls();
  auto* made = new (file) disk_file();
  const int code = made->open(name, flags, given);
  made->pMethods = &methods;  // SQLite closes what has them
  if (made->is_open()) return code;
  made->~disk_file();
  file->pMethods = nullptr;
  return code;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) noexcept {
  return beneath().xDelete(&beneath(), name, sync_directory);
}

sqlite3_vfs register_disk() {
  sqlite3_vfs made = beneath();
  made.zName = "gathering";
  made.szOsFile = sizeof(disk_file);
  made.xOpen = open;
  made.xDelete = remove;
  return made;
}

}  // namespace

const char* gathering_disk() {
  static sqlite3_vfs disk = register_disk();
  static const int registered = sqlite3_vfs_register(&disk, 0);
  return registered == SQLITE_OK ? disk.zName : nullptr;
}

}  // namespace triggerd::store
