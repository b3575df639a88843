#include "spec/endpoint.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace triggerd::spec {

namespace {

constexpr std::array<std::pair<credential_kind, std::string_view>, 5> spoken_kinds{
    {{credential_kind::secret_key, "a secret key"},
     {credential_kind::additional_key, "an additional key"},
     {credential_kind::pat, "a personal access token"},
     {credential_kind::org_token, "an organization access token"},
     {credential_kind::public_token, "a public access token"}}};

}  // namespace

const endpoint* find_endpoint(std::string_view id) {
  const auto all = endpoints();
  const auto found = std::find_if(all.begin(), all.end(), [&](const endpoint& e) { return e.id == id; });
  return found == all.end() ? nullptr : &*found;
}

bool may_call(credential_kind kind, const endpoint& e) {
  switch (kind) {
    case credential_kind::secret_key: return e.secret_key;
    case credential_kind::additional_key: return e.additional_key != key_access::no;
    case credential_kind::pat: return e.pat;
    case credential_kind::org_token: return e.org_token;
    case credential_kind::public_token: return e.public_token;
  }
  return false;
}

std::string who_may_call(const endpoint& e) {
  std::vector<std::string_view> who;
  for (const auto& [kind, words] : spoken_kinds)
    if (may_call(kind, e)) who.push_back(words);
  std::string text;
  for (std::size_t i = 0; i < who.size(); ++i) {
    if (i > 0) text += i + 1 == who.size() ? " or " : ", ";
    text += who[i];
  }
  return text;
}

}  // namespace triggerd::spec
