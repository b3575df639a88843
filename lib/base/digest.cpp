#include "base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace triggerd {

std::string to_hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(bytes.size() * 2, '0');
  auto to = text.begin();
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *to++ = digits[byte >> 4];
    *to++ = digits[byte & 0xF];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  // Fetched once: OpenSSL 3 looks EVP_sha256() up among its providers at every use.
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, sha256, nullptr);
  return to_hex({reinterpret_cast<const char*>(out.data()), size});
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
       bytes.size(), out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) { return to_hex(hmac_sha256(key, bytes)); }

}  // namespace triggerd
