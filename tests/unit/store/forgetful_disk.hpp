// A disk under SQLite that a power cut can befall: what was not synced until then is there or not, whole or torn at the
// edge of a sector, as chance has it. What SQLite relies on holds: a sync makes the bytes of a file durable and the name
// of a new one with it; a deletion is durable when its directory is synced.
//
// Files really hold what was written last, so that whoever reads them before the cut sees no difference. From the cut on
// every call fails and does nothing; restore() then puts back what survived.
#pragma once

#include "unit/store/sqlite_shim.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace triggerd::test {

class forgetful_disk : sqlite_shim {
 public:
  enum class manner { honest, lies_about_sync };
  using dice = std::mt19937_64;

  explicit forgetful_disk(manner how) : sqlite_shim("forgetful", open, remove), how_(how) { current() = this; }
  ~forgetful_disk() { current() = nullptr; }

  // The power goes at the n-th change from now on.
  void cut_after(int changes) {
    const std::lock_guard lock(mutex_);
    left_ = changes;
  }
  bool dark() {
    const std::lock_guard lock(mutex_);
    return left_ <= 0;
  }

  // Power is back: every file is what survived of it. Nothing may be open on it.
  void restore(dice& chance) {
    const std::lock_guard lock(mutex_);
    const fate how = fate(chance() % 4);
    for (auto& [path, of] : files_) {
      std::optional<std::string> left = surviving(of, how, chance);
      put_back(path, left);
      of = {std::move(left), {}};
    }
    left_ = forever;
  }

 private:
  static constexpr int forever = 1'000'000'000;
  static constexpr std::size_t sector = 512;

  // What becomes of changes that were not synced; all of one cut meet the same.
  enum class fate { all_lost, some_lost, some_torn, all_kept };

  struct change {
    enum class kind { write, resize, appear, vanish } what;
    std::size_t at = 0;  // or the new size
    std::string bytes{};
  };
  struct known_file {
    std::optional<std::string> durable;  // nullopt: there is none of this name
    std::vector<change> pending;
  };

  static forgetful_disk*& current() {
    static forgetful_disk* one = nullptr;
    return one;
  }
  static std::optional<std::string> surviving(const known_file& of, fate how, dice& chance) {
    const auto lost = [&] { return how == fate::all_lost || (how != fate::all_kept && chance() % 2 == 0); };
    std::optional<std::string> left = of.durable;
    bool reached = true;  // what was written into a new file whose name is lost is lost too
    for (const change& one : of.pending) {
      if (one.what == change::kind::write) {
        const std::size_t grain = how == fate::some_torn ? sector : one.bytes.size();
        for (std::size_t from = 0; from < one.bytes.size(); from += grain)
          if (left && reached && !lost()) write(*left, one.at + from, std::string_view(one.bytes).substr(from, grain));
        continue;
      }
      const bool happened = !lost();
      if (one.what == change::kind::appear) reached = happened;
      if (happened && (left || one.what == change::kind::appear) && reached) apply(left, one);
    }
    return left;
  }
  static void apply(std::optional<std::string>& to, const change& one) {
    switch (one.what) {
      case change::kind::write: write(*to, one.at, one.bytes); break;
      case change::kind::resize: to->resize(one.at); break;
      case change::kind::appear: to.emplace(); break;
      case change::kind::vanish: to.reset(); break;
    }
  }
  static void write(std::string& to, std::size_t at, std::string_view bytes) {
    if (to.size() < at + bytes.size()) to.resize(at + bytes.size());
    to.replace(at, bytes.size(), bytes);
  }
  // In place: a ledger is known by the number of its file.
  static void put_back(const std::string& path, const std::optional<std::string>& left) {
    if (!left) {
      std::filesystem::remove(path);
      return;
    }
    if (!std::filesystem::exists(path)) std::ofstream(path).flush();
    std::filesystem::resize_file(path, 0);
    std::ofstream(path, std::ios::binary | std::ios::in | std::ios::out) << *left;
  }
  static std::optional<std::string> bytes_on(const char* path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  // Does a change, remembers it as one that a cut may undo; nothing happens in the dark.
  template <class Call>
  static int attempt(const char* name, change one, Call call) {
    forgetful_disk& disk = *current();
    const std::lock_guard lock(disk.mutex_);
    if (--disk.left_ <= 0) {
      // The change that the power left in the middle was on its way.
      if (disk.left_ == 0 && name != nullptr) disk.files_[name].pending.push_back(std::move(one));
      disk.left_ = std::min(disk.left_, 0);
      return SQLITE_IOERR;
    }
    const int code = call();
    if (code == SQLITE_OK && name != nullptr) disk.files_[name].pending.push_back(std::move(one));
    return code;
  }
  static int sync(const char* name) {
    forgetful_disk& disk = *current();
    const std::lock_guard lock(disk.mutex_);
    if (--disk.left_ <= 0) return SQLITE_IOERR_FSYNC;
    if (disk.how_ == manner::honest && name != nullptr) disk.keep(disk.files_[name]);
    return SQLITE_OK;
  }
  static void keep(known_file& of) {
    for (const change& one : of.pending) apply(of.durable, one);
    of.pending.clear();
  }

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* given) {
    static const sqlite3_io_methods methods = forgetful_methods();
    forgetful_disk& disk = *current();
    const std::lock_guard lock(disk.mutex_);
    out->pMethods = nullptr;
    if (disk.left_ <= 0) return SQLITE_CANTOPEN;
    const bool there = name != nullptr && std::filesystem::exists(name);
    if (there && !disk.files_.contains(name)) disk.files_[name].durable = bytes_on(name);
    const int code = open_beneath(name, out, flags, given, methods);
    if (code == SQLITE_OK && name != nullptr && !there) disk.files_[name].pending.push_back({change::kind::appear});
    return code;
  }
  static int remove(sqlite3_vfs*, const char* name, int sync_directory) {
    const int code =
        attempt(name, {change::kind::vanish}, [&] { return beneath()->xDelete(beneath(), name, sync_directory); });
    if (code == SQLITE_OK && sync_directory != 0) return sync(name);
    return code;
  }
  static sqlite3_io_methods forgetful_methods() {
    sqlite3_io_methods m = passing_methods();
    m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      std::string bytes(static_cast<const char*>(from), static_cast<std::size_t>(size));
      return attempt(name_of(f), {change::kind::write, static_cast<std::size_t>(at), std::move(bytes)},
                     [&] { return real(f)->pMethods->xWrite(real(f), from, size, at); });
    };
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
      return attempt(name_of(f), {change::kind::resize, static_cast<std::size_t>(size)},
                     [&] { return real(f)->pMethods->xTruncate(real(f), size); });
    };
    m.xSync = [](sqlite3_file* f, int) { return sync(name_of(f)); };
    return m;
  }

  const manner how_;
  std::mutex mutex_;  // files are used on the ledger's own thread
  int left_ = forever;
  std::map<std::string, known_file> files_;
};

}  // namespace triggerd::test
