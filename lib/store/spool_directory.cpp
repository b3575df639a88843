#include "store/spool_directory.hpp"

#include "base/text.hpp"
#include "store/codes.hpp"
#include "store/file.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

namespace triggerd::store {

namespace {

constexpr std::string_view half_written = ".new";  // what write_durable() writes beside
constexpr std::size_t longest_name = 200;          // file systems allow 255

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// A name comes from a row, and a row from a file somebody may have edited: it must not lead out of the directory.
result<> check(const std::string& name) {
  if (!name.empty() && name.size() <= longest_name && name.front() != '.' && !name.ends_with(half_written) &&
      std::all_of(name.begin(), name.end(), is_name_character))
    return {};
  return fail(codes::unusable_name, "a spool file cannot be named '" + text::printable(name, 80) + "'");
}

}  // namespace

spool_directory::spool_directory(spool_directory&& other) noexcept
    : path_(std::move(other.path_)),
      most_bytes_(other.most_bytes_),
      sizes_(std::move(other.sizes_)),
      bytes_(other.bytes_.load()) {}

result<spool_directory> spool_directory::open(std::string path, std::uint64_t most_bytes) {
  const auto made = make_private_directory(path);
  if (!made) return made.error();
  spool_directory spool(std::move(path), most_bytes);
  std::error_code ec;
  std::vector<std::string> halves;
  for (std::filesystem::directory_iterator at(spool.path_, ec), end; !ec && at != end; at.increment(ec)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(half_written)) {
      halves.push_back(name);
      continue;
    }
    const std::uint64_t size = at->file_size(ec);
    if (ec) break;
    spool.sizes_.emplace(name, size);
    spool.bytes_ += size;
  }
  if (ec) return system_trouble(spool.path_, "list", ec.value());
  for (const std::string& name : halves) {
    const auto gone = spool.unlink(name);
    if (!gone) return gone.error();
  }
  return spool;
}

result<> spool_directory::write(const std::string& name, std::string_view body) {
  const auto fits = check(name);
  if (!fits) return fits.error();
  const auto found = sizes_.find(name);
  const std::uint64_t replaced = found == sizes_.end() ? 0 : found->second;
  if (bytes_ - replaced + body.size() > most_bytes_)
    return fail(codes::spool_full, path_ + " holds " + std::to_string(bytes_) + " bytes; " +
                                       std::to_string(body.size()) + " more would pass its bound of " +
                                       std::to_string(most_bytes_));
  const auto written = write_durable(path_ + "/" + name, body);
  if (!written) return written.error();
  sizes_[name] = body.size();
  bytes_ += body.size();
  bytes_ -= replaced;
  return {};
}

result<std::string> spool_directory::read(const std::string& name) const {
  const auto fits = check(name);
  if (!fits) return fits.error();
  const std::string path = path_ + "/" + name;
  if (!exists(path)) return fail(codes::no_spool_file, path + ": the file that a row of the ledger names is missing");
  return read_whole(path);
}

result<> spool_directory::unlink(const std::string& name) {
  if (::unlink((path_ + "/" + name).c_str()) != 0 && errno != ENOENT)
    return system_trouble(path_ + "/" + name, "remove", errno);
  return {};
}

// Not synced: a file that comes back after a power cut is an orphan, and the next sweep takes it.
result<> spool_directory::remove(const std::string& name) {
  const auto fits = check(name);
  if (!fits) return fits.error();
  const auto gone = unlink(name);
  if (!gone) return gone.error();
  const auto found = sizes_.find(name);
  if (found == sizes_.end()) return {};
  bytes_ -= found->second;
  sizes_.erase(found);
  return {};
}

result<std::size_t> spool_directory::sweep(const std::vector<std::string>& keep) {
  const std::set<std::string_view> kept(keep.begin(), keep.end());
  std::vector<std::string> orphans;
  for (const auto& [name, size] : sizes_)
    if (!kept.contains(name)) orphans.push_back(name);
  for (const std::string& name : orphans) {
    const auto gone = unlink(name);
    if (!gone) return gone.error();
    bytes_ -= sizes_[name];
    sizes_.erase(name);
  }
  return orphans.size();
}

}  // namespace triggerd::store
