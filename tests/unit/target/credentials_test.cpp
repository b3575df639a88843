// Credentials that are not the target's own root key: of a job, additional ones, a user's, and what each may do.
#include "api/codes.hpp"
#include "api/public_tokens.hpp"
#include "base/text.hpp"
#include "registry_bench.hpp"

using namespace triggerd;
using target::target_state;
using test::registry_bench;

namespace {

// A target with its own key, and another one that a job names.
struct writer_bench : registry_bench {
  spec::auth_spec auth;

  writer_bench() {
    add("shop", "tr_prod_shop");
    give("writer", "tr_prod_writer");
    auth.credential = "writer";
  }
};

}  // namespace

TEST_CASE("a job's own key writes, the target's own reads, and both open the same environment") {
  writer_bench at;
  at.opens["tr_prod_writer"] = registry_bench::whoami("env_prod");
  at.apply();
  const target::access by = at.access("shop", at.auth);
  at.write(by);
  at.read(by);
  const auto& asked = at.wires.at("shop")->requests;
  REQUIRE(asked.size() == 4);  // two proofs first
  CHECK(registry_bench::key_of(asked[2]) == "tr_prod_writer");
  CHECK(registry_bench::key_of(asked[3]) == "tr_prod_shop");
}

TEST_CASE("a job's own key that opens another environment is refused, and the target goes on") {
  writer_bench at;
  SUBCASE("another environment of the same name") {
    at.opens["tr_prod_writer"] = registry_bench::whoami("env_twin");
    at.apply();
    CHECK(at.opened("shop", at.auth).error().code == target::codes::other_environment);
  }
  SUBCASE("of another type") {
    at.opens["tr_prod_writer"] = registry_bench::whoami("env_stg", "STAGING");
    at.apply();
    CHECK(at.opened("shop", at.auth).error().code == target::codes::parked);
  }
  SUBCASE("a credential that is not there") {
    at.auth.credential = "nobody";
    at.apply();
    CHECK(at.opened("shop", at.auth).error().code == target::codes::no_credential);
  }
  CHECK(at.find("shop")->health().state == target_state::ok);
  CHECK(at.opened("shop").has_value());
}

TEST_CASE("a 401 of a job's own key parks that key and not the target") {
  writer_bench at;
  at.opens["tr_prod_writer"] = registry_bench::whoami("env_prod");
  at.apply();
  const target::access by = at.access("shop", at.auth);
  at.opens.erase("tr_prod_writer");
  CHECK(at.write(by).failed->kind == api::failure_kind::credential);
  CHECK(at.write(by).failed->what.code == target::codes::parked);
  CHECK(at.find("shop")->health().state == target_state::ok);
  CHECK(at.opened("shop", at.auth).error().code == target::codes::parked);
  CHECK(at.opened("shop").has_value());
}

TEST_CASE("an additional key is proved with the help of another target's key") {
  registry_bench at;
  at.add("limited", "tr_prod_sk_limited");
  at.apply();
  auto& wire = *at.wires.at("limited");
  const auto may_only_mint = [&wire] {
    wire.answer(401, "{}");
    wire.answer(200, R"({"token":"h.)" + text::base64url(R"({"sub":"env_prod"})") + R"(.s"})");
  };
  may_only_mint();
  CHECK(at.opened("limited").error().code == target::codes::unproved);
  CHECK(at.find("limited")->health().next.find("verify_identity") != std::string::npos);

  at.add("shop", "tr_prod_shop");
  at.apply();
  may_only_mint();
  CHECK(at.access("limited").identity() == "env_prod");
  CHECK(at.proofs("shop") == 1);
}

TEST_CASE("a user's token with exchange writes with the environment's own key") {
  registry_bench at;
  at.add("shop", "tr_pat_mine");
  at.inputs.credentials["shop"].exchange = true;
  at.apply();
  at.opens["tr_prod_handedout"] = registry_bench::whoami("env_prod");
  auto& wire = *at.wires.at("shop");
  wire.answer(200, R"({"userId":"u","project":{"id":"p"}})");
  wire.answer(200, R"([{"id":"env_prod","slug":"prod","type":"PRODUCTION"}])");
  wire.answer(200, R"({"apiKey":"tr_prod_handedout","projectId":"p"})");
  SUBCASE("opened to write") { CHECK(at.write(at.access("shop")).seen.reply.status == 200); }
  SUBCASE("a read that needs the key makes the proof") { CHECK(at.read(at.reader("shop")).seen.reply.status == 200); }
  CHECK(registry_bench::key_of(wire.requests.back()) == "tr_prod_handedout");
  CHECK(at.log.text.find("handedout") == std::string::npos);
}

TEST_CASE("what a credential may never write is refused without a byte, not even for a proof") {
  registry_bench at;
  at.add("shop", "tr_pat_mine");
  at.apply();
  const auto done = at.write(at.reader("shop"));
  REQUIRE(done.failed.has_value());
  CHECK(done.failed->what.code == api::codes::wrong_credential);
  CHECK(at.wires.at("shop")->requests.empty());
}

TEST_CASE("a root key signs public tokens without leaving its target, other credentials sign none") {
  registry_bench at;
  at.add("shop", "tr_prod_shop");
  at.add("mine", "tr_pat_mine");
  at.apply();
  const api::token_wish wish{.scopes = {"read:runs"}, .end = "1h", .one_time = {}, .skip_columns = {}};
  const auto token = at.reader("shop").sign(wish, {"env_prod"}, at.time.now());
  REQUIRE(token.has_value());
  const auto seen = api::decode_token(token->expose());
  REQUIRE(seen.has_value());
  CHECK(seen->environment == "env_prod");
  CHECK(seen->scopes == wish.scopes);
  CHECK(at.reader("mine").sign(wish, {"env_prod"}, at.time.now()).error().code == api::codes::wrong_credential);
}
