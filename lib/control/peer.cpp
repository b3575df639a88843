#include "control/peer.hpp"

#include "base/text.hpp"
#include "control/codes.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

namespace triggerd::control {

namespace {

std::vector<gid_t> groups_of(int descriptor) {
  std::vector<gid_t> groups(64);
  for (;;) {
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0) {
      groups.resize(size / sizeof(gid_t));
      return groups;
    }
    const std::size_t needed = size / sizeof(gid_t);
    if (errno != ERANGE || needed <= groups.size()) return {};
    groups.resize(needed);
  }
}

std::optional<std::uint32_t> as_number(const std::string& text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, ec] = std::from_chars(text.data(), end, value);
  if (ec != std::errc() || stopped != end) return std::nullopt;
  return value;
}

// getpwnam_r and getgrnam_r ask for a buffer whose size nobody can tell in advance.
constexpr std::size_t lookup_buffer = 256u << 10;

}  // namespace

std::string_view name(role r) {
  switch (r) {
    case role::read: return "read";
    case role::operate: return "operate";
    case role::admin: return "admin";
    case role::none: break;
  }
  return "none";
}

std::optional<role> parse_role(std::string_view text) {
  for (const role r : {role::read, role::operate, role::admin})
    if (text == name(r)) return r;
  return std::nullopt;
}

result<peer> peer_of(int descriptor) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
    return fail(codes::socket, std::string("the kernel does not say who connected: ") + std::strerror(errno));
  peer out;
  out.uid = who.uid;
  out.gid = who.gid;
  out.pid = who.pid;
  out.groups = groups_of(descriptor);
  return out;
}

result<rule> rule_for_user(const std::string& user, role grants) {
  rule out;
  out.grants = grants;
  if (const auto number = as_number(user)) {
    out.user = *number;
    return out;
  }
  std::vector<char> buffer(lookup_buffer);
  passwd entry{};
  passwd* found = nullptr;
  ::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) return fail(codes::unknown_identity, "no user " + text::printable(user) + " on this machine");
  out.user = found->pw_uid;
  return out;
}

result<rule> rule_for_group(const std::string& group, role grants) {
  rule out;
  out.grants = grants;
  if (const auto number = as_number(group)) {
    out.group = *number;
    return out;
  }
  std::vector<char> buffer(lookup_buffer);
  ::group entry{};
  ::group* found = nullptr;
  ::getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr) return fail(codes::unknown_identity, "no group " + text::printable(group) + " on this machine");
  out.group = found->gr_gid;
  return out;
}

role role_of(const peer& who, std::span<const rule> rules, uid_t own) {
  if (who.uid == 0 || who.uid == own) return role::admin;
  const auto in_group = [&](gid_t group) {
    return who.gid == group || std::find(who.groups.begin(), who.groups.end(), group) != who.groups.end();
  };
  for (const rule& r : rules)
    if ((r.user && *r.user == who.uid) || (r.group && in_group(*r.group))) return r.grants;
  return role::none;
}

std::string describe(const peer& who) { return "uid " + std::to_string(who.uid) + " pid " + std::to_string(who.pid); }

}  // namespace triggerd::control
