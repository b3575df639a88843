// Who is at the other end of the socket, as the kernel says, and what they may do.
#pragma once

#include "base/result.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace triggerd::control {

// Each includes the ones before it.
enum class role { none, read, operate, admin };
std::string_view name(role r);
std::optional<role> parse_role(std::string_view text);  // "read", "operate", "admin"

struct peer {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
  std::vector<gid_t> groups;  // supplementary ones, at the time of connect()
};

// SO_PEERCRED and SO_PEERGROUPS of a connected unix socket. A kernel without the latter (before 4.13) leaves the
// groups empty.
result<peer> peer_of(int descriptor);

// Grants a role to one user or one group. Exactly one of the two is set.
struct rule {
  std::optional<uid_t> user;
  std::optional<gid_t> group;
  role grants = role::none;
};

// Looks the names up (numbers are taken as ids); blocks as long as the system's user database does.
result<rule> rule_for_user(const std::string& user, role grants);
result<rule> rule_for_group(const std::string& group, role grants);

// Root and the service's own user are admin; else the first rule that matches; else none.
role role_of(const peer& who, std::span<const rule> rules, uid_t own);

std::string describe(const peer& who);  // "uid 1000 pid 4711"

}  // namespace triggerd::control
