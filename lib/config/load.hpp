// Files to checked settings. Everything that is wrong is told at once; settings exist only when nothing is.
#pragma once

#include "config/complaints.hpp"
#include "config/environment.hpp"
#include "spec/job_spec.hpp"
#include "spec/target_spec.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::config {

struct settings {
  spec::daemon_spec daemon;
  std::vector<spec::credential_spec> credentials;                 // by name, inline ones ("target:NAME") included
  std::vector<spec::limit_spec> limits;                           // by name
  std::vector<std::shared_ptr<const spec::target_spec>> targets;  // by name; who works with one shares it
  spec::job_list jobs;                                            // by name
  std::string hash;                // SHA-256 of all that was written, defaults filled in; equal files have equal hashes
  std::vector<std::string> files;  // read, in order
};

using secrets = std::map<std::string, secret>;  // by credential

struct loaded {
  std::optional<settings> value;      // absent when a complaint is an error
  std::vector<complaint> complaints;  // by file and place
  secrets read;                       // values that were read on the way, so that nobody reads them again
};

// Reads `path` and what it includes. Reads secrets behind { env } and { file } to tell their kind, runs no program.
loaded load(const std::string& path, const environment& env);

// Reads job_spec::text back through the same table. Errors: syntax, and whatever the first complaint says.
result<spec::job_spec> decode_job(std::string_view json_text);

}  // namespace triggerd::config
