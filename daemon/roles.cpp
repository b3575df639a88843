#include "roles.hpp"

namespace triggerd {

namespace {

control::role role_of(spec::role as) {
  switch (as) {
    case spec::role::read: return control::role::read;
    case spec::role::operate: return control::role::operate;
    case spec::role::admin: break;
  }
  return control::role::admin;
}

}  // namespace

std::vector<control::rule> rules_of(const std::vector<spec::socket_allow>& allowed, log& to) {
  std::vector<control::rule> out;
  for (const spec::socket_allow& one : allowed) {
    const control::role grants = role_of(one.as);
    auto rule =
        one.user.empty() ? control::rule_for_group(one.group, grants) : control::rule_for_user(one.user, grants);
    if (rule) out.push_back(*rule);
    else to.warning("[[socket.allow]]: " + rule.error().message, {{"code", rule.error().code.name}});
  }
  return out;
}

}  // namespace triggerd
