#include "spec/credential_kind.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace triggerd::spec;

namespace {

const std::string jwt = "eyJhbGciOiJIUzI1NiJ9.eyJwdWIiOnRydWV9.c2lnbmF0dXJl";

bool is(std::string_view value, credential_kind kind, std::optional<environment> env = std::nullopt) {
  const auto form = classify_credential(value);
  return form && form->kind == kind && form->env == env;
}

}  // namespace

TEST_CASE("a root key proves its environment by its prefix") {
  CHECK(is("tr_dev_abcdefghij", credential_kind::secret_key, environment::dev));
  CHECK(is("tr_stg_abcdefghij", credential_kind::secret_key, environment::staging));
  CHECK(is("tr_prod_abcdefghij", credential_kind::secret_key, environment::prod));
  CHECK(is("tr_preview_abcdefghij", credential_kind::secret_key, environment::preview));
}

TEST_CASE("an additional key is told from a root key") {
  CHECK(is("tr_dev_sk_0123456789abcdefABCDEF01", credential_kind::additional_key, environment::dev));
  CHECK(is("tr_preview_sk_0123456789abcdefABCDEF01", credential_kind::additional_key, environment::preview));
  CHECK(is("tr_prod_skyline", credential_kind::secret_key, environment::prod));
}

TEST_CASE("tokens of people, organizations and browsers are told apart") {
  CHECK(is("tr_pat_0123456789", credential_kind::pat));
  CHECK(is("tr_uat_" + jwt, credential_kind::pat));
  CHECK(is("tr_oat_0123456789", credential_kind::org_token));
  CHECK(is(jwt, credential_kind::public_token));
}

TEST_CASE("what is no credential is not guessed at") {
  for (const std::string value : {"", "tr_", "tr_dev_", "tr_dev_sk_", "tr_staging_abc", "tr_pat_", "pk_prod_abcdefghij",
                                  "pk_dev_abc", "TR_PROD_abc", " tr_prod_abc", "tr_prod_abc\n", "tr_prod_a b", "eyJ",
                                  "eyJhbGci.eyJw", "eyJhbGci.eyJw.", "eyJhbGci..c2ln", "eyJh.b.c.d", "password"}) {
    INFO(value);
    CHECK_FALSE(classify_credential(value));
  }
}

TEST_CASE("kinds and environments have one word each, and read back") {
  for (const auto kind : {credential_kind::secret_key, credential_kind::additional_key, credential_kind::pat,
                          credential_kind::org_token, credential_kind::public_token})
    CHECK(credential_kind_from(name(kind)) == kind);
  CHECK(name(credential_kind::additional_key) == "additional-key");
  CHECK_FALSE(credential_kind_from("secret_key"));
  for (const auto env : {environment::dev, environment::staging, environment::prod, environment::preview}) {
    CHECK(environment_from(slug(env)) == env);
    CHECK(environment_from(list_slug(env)) == env);
  }
  CHECK(list_slug(environment::staging) == "stg");
  CHECK(slug(environment::staging) == "staging");
  CHECK_FALSE(environment_from("production"));
}

TEST_CASE("a key in a file is noticed, also inside other text") {
  CHECK(looks_like_key("tr_prod_abcdefghij"));
  CHECK(looks_like_key("Bearer tr_dev_sk_0123456789abcdefABCDEF01"));
  CHECK(looks_like_key("https://host/?token=tr_pat_0123456789"));
  CHECK(looks_like_key("token " + jwt));
}

TEST_CASE("words about keys are not keys") {
  CHECK_FALSE(looks_like_key("tr_prod_..."));
  CHECK_FALSE(looks_like_key("keys begin with tr_dev_ or tr_prod_"));
  CHECK_FALSE(looks_like_key("str_dev_something"));
  CHECK_FALSE(looks_like_key("tr_report_abcdefghij"));
  CHECK_FALSE(looks_like_key(""));
}
