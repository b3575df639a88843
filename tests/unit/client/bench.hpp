// Settings and calls for the client's tests. Every key is invented.
#pragma once

#include "api/batches.hpp"
#include "api/envvars.hpp"
#include "api/identity.hpp"
#include "api/runs.hpp"
#include "api/tasks.hpp"
#include "client/client.hpp"
#include "client/request.hpp"
#include "support/scripted_transport.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace triggerd::client::test {

inline const std::string prod_key = "tr_prod_Invented0000000000001";
inline const std::string staging_key = "tr_stg_Invented00000000000002";
inline const std::string dev_key = "tr_dev_Invented00000000000003";
inline const std::string preview_key = "tr_preview_Invented0000000004";
inline const std::string additional_key = "tr_prod_sk_Invented0000000000000005";
inline const std::string pat = "tr_pat_invented6invented6invented6invented666";
inline const std::string org_token = "tr_oat_invented7invented7invented7invented777";
inline const std::string jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJlbnZfMSIsInNjb3BlcyI6WyJhZG1pbiJdfQ.c2ln";

inline std::shared_ptr<const credential> key_of(const std::string& value) {
  auto made = make_credential(secret(value));
  REQUIRE(made.has_value());
  return *made;
}

inline settings settings_of(const std::string& key, spec::environment env = spec::environment::prod,
                            std::string branch = {}) {
  settings of;
  of.base_url = "https://api.test";
  of.project = "proj_1";
  of.env = env;
  of.branch = std::move(branch);
  of.key = key_of(key);
  return of;
}

inline api::call reading() { return api::retrieve_run("run_1").what; }
inline api::call listing(std::string_view slug) { return api::list_variables("proj_1", slug).what; }
inline api::call triggering() {
  return api::trigger("t", std::make_shared<const std::string>("{}"), true, false)->what;
}
inline api::call streaming() { return api::stream_items("b", std::make_shared<const std::string>("{}\n")).what; }

inline result<transport::request> made(const settings& of, const api::call& what, std::uint64_t seed = 1) {
  seeded_random random(seed);
  return make_request(of, what, random, instant());
}

// The values of a header, in order.
inline std::vector<std::string> values(const transport::request& request, std::string_view name) {
  std::vector<std::string> found;
  for (const auto& [header, value] : request.headers)
    if (header == name) found.push_back(value);
  return found;
}
inline std::string value(const transport::request& request, std::string_view name) {
  const auto found = values(request, name);
  REQUIRE_MESSAGE(found.size() == 1, std::string(name));
  return found.front();
}

}  // namespace triggerd::client::test
