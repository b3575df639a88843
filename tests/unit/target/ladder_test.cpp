#include "target/ladder.hpp"
#include "api/codes.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace triggerd;
using question = target::ladder::question;
using outcome = target::verdict::kind;
using spec::environment;

namespace {

api::failure failure(int status, api::failure_kind kind = api::failure_kind::refused) {
  api::failure out;
  out.kind = kind;
  out.status = status;
  out.what = fail(api::codes::refused, "no (" + std::to_string(status) + ")");
  return out;
}

std::string token_for(const std::string& claims) { return "eyJhbGciOiJIUzI1NiJ9." + text::base64url(claims) + ".c2ln"; }

std::shared_ptr<const client::credential> key(const std::string& value) {
  auto made = client::make_credential(secret(value));
  REQUIRE(made.has_value());
  return *made;
}

spec::target_spec prod() {
  spec::target_spec out;
  out.name = "shop";
  out.project = "proj_shop";
  out.env = environment::prod;
  return out;
}
spec::target_spec preview(std::string branch) {
  spec::target_spec out = prod();
  out.env = environment::preview;
  out.branch = std::move(branch);
  return out;
}

// A server, and what it answers to each question. `broken` is answered with `breaks`.
struct server {
  api::environment_view opens{"env_prod", "prod", "PRODUCTION", "", "", "proj_shop"};
  std::optional<api::failure> key_refused;  // of whoami
  api::user_view user{"user_1", true};
  std::vector<api::environment_entry> environments{{"env_dev", "dev", "DEVELOPMENT", false},
                                                   {"env_prod", "prod", "PRODUCTION", false},
                                                   {"env_preview", "preview", "PREVIEW", true}};
  std::vector<api::branch_entry> branches{{"env_branch", "feature/login"}};
  std::string hands_out = "tr_prod_handedout";
  std::optional<target::identity> witness;
  std::string token_of = "env_prod";
  std::vector<std::string> scopes{"read:runs"};  // for which it mints

  question broken = question::none;
  api::failure breaks;
  std::vector<question> asked;
};

template <class T>
api::answer<T> or_broken(const server& at, question q, T value) {
  if (at.broken == q) return at.breaks;
  return value;
}

target::verdict climb(target::ladder steps, server& at) {
  for (int i = 0; steps.next() != question::none; ++i) {
    REQUIRE(i < 20);
    const question q = steps.next();
    at.asked.push_back(q);
    switch (q) {
      case question::none: break;
      case question::key:
        if (at.key_refused) steps.feed(api::answer<api::environment_view>(*at.key_refused));
        else steps.feed(or_broken(at, q, at.opens));
        break;
      case question::exchanged: steps.feed(or_broken(at, q, at.opens)); break;
      case question::user: steps.feed(or_broken(at, q, at.user)); break;
      case question::environments: steps.feed(or_broken(at, q, at.environments)); break;
      case question::branches: steps.feed(or_broken(at, q, at.branches)); break;
      case question::exchange: {
        api::exchanged_key given{std::make_shared<secret>(at.hands_out), "cmw1"};
        steps.feed(or_broken(at, q, std::move(given)));
        break;
      }
      case question::witness: steps.feed(at.witness); break;
      case question::token: {
        const bool granted = std::count(at.scopes.begin(), at.scopes.end(), std::string(steps.scope())) > 0;
        if (!granted && at.broken != q) steps.feed(api::answer<api::token_subject>(failure(403)));
        else steps.feed(or_broken(at, q, api::token_subject{at.token_of}));
        break;
      }
    }
  }
  return steps.result();
}

target::verdict climb(const spec::target_spec& of, const std::string& credential, server& at, bool exchange = false) {
  return climb(target::ladder(of, *key(credential), exchange), at);
}

const target::identity prod_identity{"env_prod", "", "", "proj_shop"};

}  // namespace

TEST_CASE("a secret key proves the environment that it opens") {
  server at;
  const auto is = climb(prod(), "tr_prod_secret", at);
  CHECK(is.is == outcome::proved);
  CHECK(is.who == prod_identity);
  CHECK(at.asked == std::vector{question::key});
}

TEST_CASE("a key whose prefix names another environment parks before anything is asked") {
  server at;
  const auto is = climb(prod(), "tr_stg_secret", at);
  CHECK(is.is == outcome::parked);
  CHECK(is.reason.find("staging") != std::string::npos);
  CHECK(is.next.find("reload") != std::string::npos);
  CHECK(at.asked.empty());
}

TEST_CASE("a key that opens something else parks, and the reason names both") {
  server at;
  SUBCASE("another project") { at.opens.project_ref = "proj_other"; }
  SUBCASE("another type") { at.opens.type = "STAGING"; }
  SUBCASE("a branch, where none is meant") { at.opens.branch = "feature/login"; }
  const auto is = climb(prod(), "tr_prod_secret", at);
  CHECK(is.is == outcome::parked);
  CHECK(is.reason.find("prod of proj_shop") != std::string::npos);
}

TEST_CASE("a preview key proves its branch under the server's name for it, and is charged to the parent") {
  server at;
  at.opens = {"env_branch", "preview-featurelogin", "PREVIEW", "env_preview", "feature/login", "proj_shop"};
  const auto is = climb(preview("refs/heads/feature/login"), "tr_preview_secret", at);
  CHECK(is.is == outcome::proved);
  CHECK(is.who.text() == "env_branch@feature/login");
  CHECK(is.who.charged() == "env_preview");

  at.opens.branch = "feature/other";
  CHECK(climb(preview("feature/login"), "tr_preview_secret", at).is == outcome::parked);
}

TEST_CASE("the default branch of dev is its root") {
  server at;
  at.opens = {"env_dev", "dev", "DEVELOPMENT", "", "", "proj_shop"};
  spec::target_spec dev = prod();
  dev.env = environment::dev;
  dev.branch = "default";
  CHECK(climb(dev, "tr_dev_secret", at).who.text() == "env_dev");
  at.opens.branch = "default";
  CHECK(climb(dev, "tr_dev_secret", at).is == outcome::proved);
  dev.branch = "mine";
  CHECK(climb(dev, "tr_dev_secret", at).is == outcome::parked);
}

TEST_CASE("a refused preview key may be a missing branch, and the way out says so") {
  server at;
  at.key_refused = failure(401, api::failure_kind::credential);
  const auto is = climb(preview("gone"), "tr_preview_secret", at);
  CHECK(is.is == outcome::parked);
  CHECK(is.next.find("create the branch") != std::string::npos);
}

TEST_CASE("an additional key that may not ask is proved by a token that names what another key has proved") {
  server at;
  at.key_refused = failure(401, api::failure_kind::credential);
  at.witness = prod_identity;
  SUBCASE("with the first scope") {}
  SUBCASE("with a later scope, one tried after another") { at.scopes = {"write:envvars"}; }
  const auto is = climb(prod(), "tr_prod_sk_secret", at);
  CHECK(is.is == outcome::proved);
  CHECK(is.who == prod_identity);
}

TEST_CASE("an additional key that may ask needs no other") {
  server at;
  CHECK(climb(prod(), "tr_prod_sk_secret", at).is == outcome::proved);
  CHECK(at.asked == std::vector{question::key});
}

TEST_CASE("an additional key of another environment than the witness parks") {
  server at;
  at.key_refused = failure(403);
  at.witness = prod_identity;
  at.token_of = "env_other";
  CHECK(climb(prod(), "tr_prod_sk_secret", at).is == outcome::parked);
}

TEST_CASE("an additional key without a witness or without a token stays unproved, unless its prefix shall do") {
  server at;
  at.key_refused = failure(401, api::failure_kind::credential);
  SUBCASE("no witness") {}
  SUBCASE("no scope that is known") {
    at.witness = prod_identity;
    at.scopes.clear();
  }
  SUBCASE("a server that mints no tokens") {
    at.witness = prod_identity;
    at.broken = question::token;
    at.breaks = failure(404);
  }
  spec::target_spec of = prod();
  const auto strict = climb(of, "tr_prod_sk_secret", at);
  CHECK(strict.is == outcome::unproved);
  CHECK(strict.next.find("verify_identity") != std::string::npos);
  of.verify_identity = spec::identity_check::prefix;
  const auto loose = climb(of, "tr_prod_sk_secret", at);
  CHECK(loose.is == outcome::proved);
  CHECK_FALSE(loose.who.id.empty());
}

TEST_CASE("even a prefix that shall do does not prove a key whose token names another environment") {
  server at;
  at.key_refused = failure(401, api::failure_kind::credential);
  at.witness = prod_identity;
  at.token_of = "env_other";
  spec::target_spec of = prod();
  of.verify_identity = spec::identity_check::prefix;
  CHECK(climb(of, "tr_prod_sk_secret", at).is == outcome::parked);
}

TEST_CASE("a user's token is proved by what its owner can see") {
  server at;
  CHECK(climb(prod(), "tr_pat_secret", at).who == prod_identity);
  CHECK(at.asked == std::vector{question::user, question::environments});

  const auto branch = climb(preview("feature/login"), "tr_pat_secret", at);
  CHECK(branch.is == outcome::proved);
  CHECK(branch.who.text() == "env_branch@feature/login");
  CHECK(branch.who.parent == "env_preview");
}

TEST_CASE("a user's token parks when its owner does not see project, environment or branch") {
  server at;
  spec::target_spec of = preview("feature/login");
  SUBCASE("project") { at.user.project_known = false; }
  SUBCASE("environment") { at.environments.pop_back(); }
  SUBCASE("branch") { at.branches.clear(); }
  CHECK(climb(of, "tr_pat_secret", at).is == outcome::parked);
}

TEST_CASE("a token that may be exchanged brings the environment's key, which is proved itself") {
  server at;
  const auto is = climb(prod(), "tr_pat_secret", at, true);
  CHECK(is.is == outcome::proved);
  REQUIRE(is.exchanged != nullptr);
  CHECK(is.exchanged->value.expose() == "tr_prod_handedout");
  CHECK(at.asked == std::vector{question::user, question::environments, question::exchange, question::exchanged});
}

TEST_CASE("an exchanged key that is none, or another environment's, parks") {
  server at;
  SUBCASE("no key of Trigger.dev") { at.hands_out = "nonsense"; }
  SUBCASE("a token") { at.hands_out = "tr_pat_other"; }
  SUBCASE("of another type") { at.hands_out = "tr_stg_other"; }
  SUBCASE("of another environment") { at.opens.id = "env_other"; }
  const auto is = climb(prod(), "tr_pat_secret", at, true);
  CHECK(is.is == outcome::parked);
  CHECK(is.reason.find("handedout") == std::string::npos);
}

TEST_CASE("an organization's token needs an exchange or the word of another key") {
  server at;
  CHECK(climb(prod(), "tr_oat_secret", at).is == outcome::unproved);
  at.witness = prod_identity;
  CHECK(climb(prod(), "tr_oat_secret", at).is == outcome::proved);
  CHECK(climb(prod(), "tr_oat_secret", at, true).exchanged != nullptr);
}

TEST_CASE("a public token is proved by its subject and a witness") {
  server at;
  const std::string token = token_for(R"({"sub":"env_prod","pub":true})");
  CHECK(climb(prod(), token, at).is == outcome::unproved);
  at.witness = prod_identity;
  CHECK(climb(prod(), token, at).is == outcome::proved);
  at.witness->id = "env_other";
  CHECK(climb(prod(), token, at).is == outcome::parked);
  CHECK(climb(prod(), token_for("{}"), at).is == outcome::parked);
  CHECK(climb(prod(), token_for("no json"), at).is == outcome::parked);
}

// Every question of every way up, answered with each sort of failure.
TEST_CASE("whatever passes is unreachable and whatever is a clear no parks, at each step of each way up") {
  struct way {
    const char* name;
    spec::target_spec of;
    std::string credential;
    bool exchange;
    server at;
  };
  server refused, branch;
  refused.key_refused = failure(401, api::failure_kind::credential);
  refused.witness = prod_identity;
  branch.opens = {"env_branch", "preview-featurelogin", "PREVIEW", "env_preview", "feature/login", "proj_shop"};
  branch.hands_out = "tr_preview_handedout";
  const std::vector<way> ways{
      {"secret key", prod(), "tr_prod_secret", false, {}},
      {"preview key", preview("feature/login"), "tr_preview_secret", false, branch},
      {"additional key", prod(), "tr_prod_sk_secret", false, refused},
      {"user's token", preview("feature/login"), "tr_pat_secret", false, branch},
      {"user's token, exchanged", preview("feature/login"), "tr_pat_secret", true, branch},
      {"organization's token, exchanged", prod(), "tr_oat_secret", true, {}},
  };
  for (const way& one : ways) {
    CAPTURE(one.name);
    server whole = one.at;
    REQUIRE(climb(one.of, one.credential, whole, one.exchange).is == outcome::proved);
    for (const question broken : whole.asked) {
      if (broken == question::witness) continue;  // answers that there is none; see above
      if (broken == question::key && one.at.key_refused) continue;
      CAPTURE(name(broken));
      for (const int status : {0, 429, 500, 503}) {
        CAPTURE(status);
        server at = one.at;
        at.broken = broken;
        at.breaks = failure(status, api::failure_kind::transient);
        const auto is = climb(one.of, one.credential, at, one.exchange);
        CHECK(is.is == outcome::unreachable);
        CHECK_FALSE(is.reason.empty());
        CHECK(at.asked.back() == broken);
      }
      server at = one.at;
      at.broken = broken;
      at.breaks = failure(401, api::failure_kind::credential);
      const auto is = climb(one.of, one.credential, at, one.exchange);
      CHECK(is.is == outcome::parked);
      CHECK_FALSE(is.reason.empty());
      CHECK_FALSE(is.next.empty());
    }
  }
}

TEST_CASE("an unknown project of a user's token parks; a page that is not the API's is tried again") {
  server at;
  at.broken = question::environments;
  at.breaks = failure(404);
  CHECK(climb(prod(), "tr_pat_secret", at).is == outcome::parked);
  server other;
  other.broken = question::key;
  other.breaks = failure(404);
  CHECK(climb(prod(), "tr_prod_secret", other).is == outcome::unreachable);
}

TEST_CASE("what the server calls its things stays printable in a reason") {
  server at;
  at.opens.type = "EVIL\x1b[31m";
  const auto is = climb(prod(), "tr_prod_secret", at);
  CHECK(is.reason.find('\x1b') == std::string::npos);
}
