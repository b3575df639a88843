// What lies under the state directory.
#include "unit/store/world.hpp"

#include "store/codes.hpp"
#include "store/file_system.hpp"

#include <linux/magic.h>

using namespace triggerd;
using namespace triggerd::test;

TEST_CASE("network file systems are known by their numbers, disks of this machine are not among them") {
  CHECK(network_file_system(NFS_SUPER_MAGIC) == "NFS");
  CHECK(network_file_system(SMB_SUPER_MAGIC) == "SMB");
  CHECK(network_file_system(0xff534d42) == "CIFS");
  CHECK(network_file_system(CODA_SUPER_MAGIC) == "Coda");
  CHECK(network_file_system(AFS_SUPER_MAGIC) == "AFS");
  CHECK(network_file_system(V9FS_MAGIC) == "9P");
  CHECK(network_file_system(OCFS2_SUPER_MAGIC) == "OCFS2");
  for (const std::uint64_t local : std::initializer_list<std::uint64_t>{
           EXT4_SUPER_MAGIC, TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, XFS_SUPER_MAGIC})
    CHECK(network_file_system(local).empty());
}

TEST_CASE("a folder of this machine may hold the ledger, one that is not there is an error of the disk") {
  temporary_directory place;
  CHECK(refuse_network(place.path()).has_value());
  const auto gone = refuse_network(place.file("gone"));
  REQUIRE_FALSE(gone.has_value());
  CHECK(gone.error().code == store::codes::disk);
}

TEST_CASE("a file keeps its identity when it is renamed and written to, and a copy has another") {
  temporary_directory place;
  put_bytes(place.file("a"), "1");
  const auto before = file_identity(place.file("a"));
  REQUIRE(before.has_value());
  REQUIRE_FALSE(before->empty());
  std::filesystem::rename(place.file("a"), place.file("b"));
  put_bytes(place.file("b"), "22");
  CHECK(file_identity(place.file("b")).value() == *before);
  std::filesystem::copy_file(place.file("b"), place.file("a"));
  CHECK(file_identity(place.file("a")).value() != *before);
  // Numbers are given again to new files; the instant they were made is not.
  std::filesystem::remove(place.file("b"));
  put_bytes(place.file("b"), "22");
  CHECK(file_identity(place.file("b")).value() != *before);
  CHECK_FALSE(file_identity(place.file("gone")).has_value());
}
