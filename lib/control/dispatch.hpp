// From a message to a verb: does it exist, may this peer, are the parameters right; then run it and keep the audit.
#pragma once

#include "control/call.hpp"
#include "control/complaints.hpp"

#include <map>

namespace triggerd::control {

struct product_info {
  std::string vendor, product, version, url;
};

// One line of the audit: written at the first answer, or at the refusal, of every call of a changing verb. Refusals of
// one user are bounded like all complaints.
struct audit_entry {
  peer who;
  std::string verb;
  std::string about;    // the parameters that it tells: "target shop-prod, endpoint runs.list"
  std::string digest;   // SHA-256 of the parameters as JSON with sorted names
  std::string outcome;  // "ok", "accepted", "denied", or the name of an error
};

class dispatcher {
 public:
  // Every verb must stand in the interface; `own` is the service's user.
  dispatcher(const interface& speaks, std::vector<verb> verbs, product_info about, uid_t own,
             std::function<void(const audit_entry&)> audit, complaints& refused, log& log);

  void set_rules(std::vector<rule> rules) { rules_ = std::move(rules); }
  role role_of(const peer& who) const { return control::role_of(who, rules_, own_); }

  std::string malformed_name() const { return speaks_.qualified("MalformedMessage"); }
  std::string crowded_name() const { return speaks_.qualified("TooManySessions"); }

  // Answers the message on the outlet, always. The outlet and this outlive it.
  task<> run(call_message message, peer who, outlet& out);

 private:
  void refuse(const call_message& message, outlet& out, std::string name, nlohmann::json parameters) const;
  void serve_introspection(const call_message& message, std::string_view member, outlet& out) const;
  void tell_denied(const call_message& message, const peer& who, const verb* asked) const;
  void audit(const peer& who, const verb& v, const nlohmann::json& parameters, const std::string& outcome) const;

  const interface& speaks_;
  std::map<std::string, verb, std::less<>> verbs_;
  product_info about_;
  uid_t own_;
  std::function<void(const audit_entry&)> audit_;
  complaints& refused_;
  log& log_;
  std::vector<rule> rules_;
};

}  // namespace triggerd::control
