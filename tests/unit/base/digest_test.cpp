#include "base/digest.hpp"

#include <doctest/doctest.h>

using namespace triggerd;

TEST_CASE("SHA-256 agrees with the published vectors") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("HMAC-SHA-256 agrees with RFC 4231") {
  CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hmac_sha256("Jefe", "what do ya want for nothing?").size() == 32);
}

TEST_CASE("hex has two lower-case digits for every byte, NUL included") {
  CHECK(to_hex(std::string_view("\0\x0f\xff", 3)) == "000fff");
}
