// What tables get wrong together. Runs on merged tables and their specs, and only complains.
#pragma once

#include "config/complaints.hpp"
#include "config/environment.hpp"
#include "spec/job_spec.hpp"

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace triggerd::config {

template <class T>
struct drafted {
  T value;
  const node* table;          // merged
  const node* own = nullptr;  // as written, without defaults
};

struct draft {
  const node* root = nullptr;
  spec::daemon_spec daemon;
  std::vector<drafted<spec::credential_spec>> credentials;  // inline ones included
  std::vector<drafted<spec::limit_spec>> limits;
  std::vector<drafted<spec::target_spec>> targets;
  std::vector<drafted<spec::job_spec>> jobs;
};

// What is known of a credential without asking anyone: the pinned kind, or what its value shows.
struct known_credential {
  std::optional<spec::credential_kind> kind;
  std::optional<spec::environment> env;
  bool exchange = false;
  secret value;  // empty: could not be read, or is none
};
using known_credentials = std::map<std::string, known_credential>;

// The place of a value below a table; of the nearest table around it when there is none.
place place_of(const node& table, std::initializer_list<std::string_view> path);

known_credentials check_credentials(const draft& all, const environment& env, complaints& out);
void check_targets(const draft& all, const known_credentials& known, complaints& out);
// One job by itself; a bad zone that it has from [daemon] is told there.
void check_job(const drafted<spec::job_spec>& job, const std::string& daemon_zone, complaints& out);
void check_jobs_on_targets(const draft& all, const known_credentials& known, complaints& out);
// A secret named in a file, reported at its place: unsafe is an error, absent a warning, out of reach a note.
std::optional<secret> check_secret(const spec::value_source& source, const place& where, const environment& env,
                                   complaints& out);

// Gives what it learnt of the credentials on the way.
known_credentials cross_check(const draft& all, const environment& env, complaints& out);

}  // namespace triggerd::config
