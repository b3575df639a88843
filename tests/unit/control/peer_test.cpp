#include "support.hpp"

using namespace triggerd;
using namespace triggerd::control;

namespace {

peer somebody(uid_t uid, gid_t gid, std::vector<gid_t> groups = {}) {
  peer out;
  out.uid = uid;
  out.gid = gid;
  out.groups = std::move(groups);
  return out;
}

}  // namespace

TEST_CASE("the kernel says who is at the other end") {
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  const auto who = peer_of(pair[0]);
  REQUIRE(who.has_value());
  CHECK(who->uid == ::geteuid());
  CHECK(who->gid == ::getegid());
  CHECK(who->pid == ::getpid());
  const int expected = ::getgroups(0, nullptr);
  CHECK(who->groups.size() == static_cast<std::size_t>(expected));
  ::close(pair[0]);
  ::close(pair[1]);
  CHECK_FALSE(peer_of(pair[0]).has_value());
}

TEST_CASE("the first rule that matches decides, nobody else comes in") {
  const std::vector<rule> rules{*rule_for_user("1001", role::read), *rule_for_group("500", role::operate),
                                *rule_for_user("1002", role::admin), *rule_for_group("600", role::admin)};
  CHECK(role_of(somebody(0, 0), rules, 900) == role::admin);
  CHECK(role_of(somebody(900, 900), rules, 900) == role::admin);
  CHECK(role_of(somebody(1001, 500), rules, 900) == role::read);
  CHECK(role_of(somebody(1002, 7, {8, 500}), rules, 900) == role::operate);
  CHECK(role_of(somebody(1002, 7), rules, 900) == role::admin);
  CHECK(role_of(somebody(1003, 600), rules, 900) == role::admin);
  CHECK(role_of(somebody(1003, 7, {8}), rules, 900) == role::none);
  CHECK(role_of(somebody(1003, 7), {}, 900) == role::none);
}

TEST_CASE("a rule for somebody this machine does not know is an error") {
  CHECK(rule_for_user("root", role::read)->user == 0);
  CHECK(rule_for_group("root", role::read)->group == 0);
  CHECK(rule_for_user("no-such-user", role::read).error().code.name == "control.unknown-identity");
  CHECK(rule_for_group("no-such-group", role::read).error().code.name == "control.unknown-identity");
}

TEST_CASE("roles are read by their names, none cannot be granted") {
  CHECK(parse_role("operate") == role::operate);
  CHECK_FALSE(parse_role("none"));
  CHECK_FALSE(parse_role("Admin"));
}
