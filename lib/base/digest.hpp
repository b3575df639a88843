// Hashes, thin over OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace triggerd {

std::string sha256_hex(std::string_view bytes);                             // 64 lower-case hex digits
std::string hmac_sha256(std::string_view key, std::string_view bytes);      // 32 raw bytes
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);  // 64 lower-case hex digits
std::string to_hex(std::string_view bytes);

}  // namespace triggerd
