#include "base/redaction.hpp"

#include <doctest/doctest.h>

using namespace triggerd;

TEST_CASE("a learnt value is hidden wherever it stands") {
  redaction net;
  net.learn("hunter2hunter2");
  CHECK(net.clean("a hunter2hunter2, b=hunter2hunter2") == "a [redacted], b=[redacted]");
}

TEST_CASE("a value that begins like another is hidden whole") {
  redaction net;
  net.learn("password");
  net.learn("password-of-prod");
  CHECK(net.clean("x password-of-prod y password z") == "x [redacted] y [redacted] z");
}

TEST_CASE("a value that occurs in the mark itself does not trap the net") {
  redaction net;
  net.learn("redacted");
  CHECK(net.clean("redacted redacted") == "[redacted] [redacted]");
}

TEST_CASE("short values are ordinary words") {
  redaction net;
  net.learn("prod");
  net.learn("");
  CHECK(net.clean("prod is up") == "prod is up");
}

TEST_CASE("keys and tokens are hidden unlearnt, their prefix stays") {
  const redaction net;
  CHECK(net.clean("key tr_prod_abcdefghij.") == "key tr_prod_[redacted]");
  CHECK(net.clean("Bearer tr_pat_0123456789abcdef, next") == "Bearer tr_pat_[redacted], next");
  CHECK(net.clean("tr_dev_sk_0123456789abcdef01234567") == "tr_dev_[redacted]");
  CHECK(net.clean("\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln\"") == "\"eyJ[redacted]\"");
  CHECK(net.clean("shop-tr_prod_abcdefghij") == "shop-tr_prod_[redacted]");
}

TEST_CASE("words about keys stay readable") {
  const redaction net;
  CHECK(net.clean("a key begins with tr_prod_ or tr_dev_...") == "a key begins with tr_prod_ or tr_dev_...");
  CHECK(net.clean("str_dev_something_long") == "str_dev_something_long");
}
