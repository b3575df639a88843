// Operators' tables into specs. The tables were checked and merged before.
#pragma once

#include "config/node.hpp"
#include "spec/target_spec.hpp"

#include <optional>
#include <string>

namespace triggerd::config {

class environment;

spec::daemon_spec read_daemon(const node& root, const environment& env);
spec::credential_spec read_credential(const std::string& name, const node& table);
spec::limit_spec read_limit(const std::string& name, const node& table);
// `credential` is the name of its [credential], or "target:NAME" for a source of its own.
spec::target_spec read_target(const std::string& name, const node& merged);
std::optional<spec::credential_spec> read_inline_credential(const std::string& target, const node& merged);
void read_retry(const node* table, spec::retry_spec& into);

}  // namespace triggerd::config
