#include "api/idempotency_keys.hpp"

#include "base/digest.hpp"
#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const key_context third_attempt{.run = "run_parent1", .attempt = 3};

}  // namespace

TEST_CASE("outside a task all scopes hash the words alone") {
  for (const auto scope : {key_scope::run, key_scope::attempt, key_scope::global}) {
    const auto key = make_key({"order-1"}, scope).value();
    CHECK(key.text == "0bafe22156d2698c143b86040446d366ead863ba600d5c924f3d15c786ef4057");
    CHECK(key.words == "order-1");
    CHECK(key.scope == scope);
    CHECK(bool(key));
    CHECK(make_key({"a", "b"}, scope)->text == sha256_hex("a-b"));
  }
  CHECK_FALSE(bool(idempotency_key()));
}

TEST_CASE("inside a task the scope adds its run, and its attempt") {
  CHECK(make_key({"order-1"}, key_scope::run, third_attempt)->text ==
        "8c7a44a0e065e9b9c899d724f63f49ec15d54d787a17c4c2ce36b23de4994b4e");
  CHECK(make_key({"a", "b"}, key_scope::attempt, third_attempt)->text ==
        "3a32bdbb3219fb37b8c582fa9189fc3a1738e97d484ebb25d982c2fb3763f61b");
  CHECK(make_key({"order-1"}, key_scope::global, third_attempt)->text == make_key({"order-1"})->text);
  CHECK(make_key({"a", "b"}, key_scope::attempt, third_attempt)->words == "a-b");
}

TEST_CASE("scopes are named as the wire names them") {
  CHECK(name(key_scope::run) == "run");
  CHECK(name(key_scope::attempt) == "attempt");
  CHECK(name(key_scope::global) == "global");
}

TEST_CASE("a string of 64 characters is taken as hashed already") {
  const std::string hashed(64, 'a');
  const auto key = key_from(hashed, third_attempt).value();
  CHECK(key.text == hashed);
  CHECK(key.words.empty());
  std::string wide;  // 64 characters as JavaScript counts, 128 bytes
  for (int i = 0; i < 64; ++i) wide += "\xc3\xa9";
  CHECK(key_from(wide)->text == wide);
  CHECK(key_from(std::string(63, 'a'))->text == sha256_hex(std::string(63, 'a')));
  CHECK(key_from("order-1", third_attempt)->text == make_key({"order-1"}, key_scope::run, third_attempt)->text);
}

TEST_CASE("keys without words and with what no header or page can show are refused") {
  hold_refused(make_key({}), "idempotency key");
  hold_refused(make_key({""}), "idempotency key");
  hold_refused(make_key({"a\nb"}), "idempotency key", "a\nb");
  hold_refused(make_key({std::string(2'049, 'k')}), "idempotency key");
  hold_refused(key_from(""), "idempotency key");
  hold_refused(key_from(std::string(63, 'a') + '\n'), "idempotency key");
  CHECK(make_key({std::string(2'048, 'k')}).has_value());
}

TEST_CASE("a key is reset for one task") {
  const auto what = reset_idempotency_key("my-task", "order-1")->what;
  CHECK(line_of("POST", what) ==
        "/api/v1/idempotencyKeys/0bafe22156d2698c143b86040446d366ead863ba600d5c924f3d15c786ef4057/reset");
  CHECK(sent(what) == json{{"taskIdentifier", "my-task"}});
  const std::string hashed = std::string(62, 'a') + "/%";
  CHECK(reset_idempotency_key("t", hashed)->what.path ==
        "/api/v1/idempotencyKeys/" + std::string(62, 'a') + "%2F%25/reset");
  CHECK(reset_idempotency_key("my-task", make_key({"order-1"}, key_scope::run, third_attempt)->text)->what.path ==
        "/api/v1/idempotencyKeys/8c7a44a0e065e9b9c899d724f63f49ec15d54d787a17c4c2ce36b23de4994b4e/reset");
  hold_refused(reset_idempotency_key("", "k"), "task");
  hold_refused(reset_idempotency_key("t", ""), "idempotency key");
  hold_reader(reset_idempotency_key("t", "k").value(), {R"({"id":"k"})", {{"/id", form::text}}});
  CHECK(value_of(reset_idempotency_key("t", "k").value(), R"({"id":"k"})").key == "k");
}
