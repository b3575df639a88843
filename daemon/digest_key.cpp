#include "digest_key.hpp"

#include "store/file.hpp"

namespace triggerd {

namespace {

constexpr std::size_t key_bytes = 32;

std::string fresh_key(random_source& random) {
  std::string key;
  while (key.size() < key_bytes) {
    const std::uint64_t word = random.next();
    for (int shift = 0; shift < 64; shift += 8) key += static_cast<char>((word >> shift) & 0xff);
  }
  return key;
}

}  // namespace

result<std::string> digest_key(const std::string& state_dir, random_source& random) {
  const std::string path = state_dir + "/digest.key";
  if (!store::exists(path)) {
    const auto written = store::write_durable(path, fresh_key(random));
    if (!written) return written.error();
  }
  auto key = store::read_whole(path);
  if (!key) return key.error();
  if (key->size() != key_bytes)
    return fail(codes::io,
                path + " should hold " + std::to_string(key_bytes) +
                    " bytes; restore it from a backup, or remove it: every synced secret is then written once more");
  return key;
}

}  // namespace triggerd
