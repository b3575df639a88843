#include "store/file_system.hpp"

#include "store/codes.hpp"
#include "store/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace triggerd::store {

namespace {

constexpr std::uint64_t fuse = 0x65735546;

struct known_file_system {
  std::uint64_t magic;
  std::string_view name;
};

// From linux/magic.h and, where that has none, from the module's own source.
// clang-format off
// A table reads best with a row on a line.
constexpr std::array<known_file_system, 14> network_file_systems{{
    {0x6969, "NFS"},
    {0x517b, "SMB"},
    {0xff534d42, "CIFS"},
    {0xfe534d42, "SMB2"},
    {0x01021997, "9P"},
    {0x00c36400, "Ceph"},
    {0x0bd00bd0, "Lustre"},
    {0x5346414f, "AFS"},
    {0x6b414653, "kAFS"},
    {0x73757245, "Coda"},
    {0x564c, "NCP"},
    {0x01161970, "GFS2"},
    {0x7461636f, "OCFS2"},
    {0x19830326, "BeeGFS"},
}};
// clang-format on

result<std::uint64_t> magic_of(const std::string& path) {
  struct statfs seen {};
  if (::statfs(path.c_str(), &seen) != 0) return system_trouble(path, "look at the file system", errno);
  return static_cast<std::uint32_t>(seen.f_type);
}

}  // namespace

std::string_view network_file_system(std::uint64_t magic) {
  const auto* found = std::find_if(network_file_systems.begin(), network_file_systems.end(),
                                   [magic](const known_file_system& one) { return one.magic == magic; });
  return found == network_file_systems.end() ? std::string_view() : found->name;
}

result<> refuse_network(const std::string& directory) {
  const auto magic = magic_of(directory);
  if (!magic) return magic.error();
  const std::string_view name = network_file_system(*magic);
  if (name.empty()) return {};
  return fail(codes::network_file_system, directory + " lies on " + std::string(name) +
                                              ", a network file system; set daemon.state_dir to a folder on a disk of "
                                              "this machine");
}

result<std::string> file_identity(const std::string& path) {
  const auto magic = magic_of(path);
  if (!magic) return magic.error();
  if (*magic == fuse) return std::string();
  struct statx seen {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &seen) != 0)
    return system_trouble(path, "look at", errno);
  std::string out = std::to_string(seen.stx_ino);
  if ((seen.stx_mask & STATX_BTIME) != 0)
    out += '@' + std::to_string(seen.stx_btime.tv_sec) + '.' + std::to_string(seen.stx_btime.tv_nsec);
  return out;
}

}  // namespace triggerd::store
