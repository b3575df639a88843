// What operators write: credentials, limits, targets and the process, checked and with defaults filled in.
#pragma once

#include "base/clock.hpp"
#include "spec/credential_kind.hpp"
#include "spec/units.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace triggerd::spec {

// A value that lives elsewhere. Exactly one of the four.
struct value_source {
  enum class kind { env, file, systemd, exec };
  kind from = kind::env;
  std::string name;               // variable, path or credential name
  std::vector<std::string> argv;  // exec only: no shell
  milliseconds timeout{10'000};   // exec only

  friend bool operator==(const value_source&, const value_source&) = default;
};

struct credential_spec {
  std::string name;  // inline sources of a target are named "target:NAME"
  value_source source;
  std::optional<credential_kind> kind;  // pinned; else told from the value
  bool exchange = false;                // a PAT may fetch the environment's key
  std::optional<milliseconds> refresh;  // re-read so often; the old value stays when that fails

  friend bool operator==(const credential_spec&, const credential_spec&) = default;
};

struct limit_spec {
  std::string name;
  std::optional<rate> requests;  // ceiling; reply headers win when lower
  std::uint32_t burst = 60;
  std::uint32_t in_flight = 16;     // per target
  std::optional<rate> batch_items;  // the second bucket
  std::uint32_t batch_burst = 1'000;

  friend bool operator==(const limit_spec&, const limit_spec&) = default;
};

struct retry_spec {
  int attempts = 5;  // first included, 1 to 100
  milliseconds backoff_first{500};
  milliseconds backoff_most{30'000};
  bool jitter = true;  // full jitter, or none

  friend bool operator==(const retry_spec&, const retry_spec&) = default;
};

struct tls_spec {
  std::string ca;    // PEM file; empty: the system's store
  std::string cert;  // client certificate, PEM
  std::string key;   // its key, PEM
  std::string min_version = "1.2";

  friend bool operator==(const tls_spec&, const tls_spec&) = default;
};

enum class identity_check { startup, before_write, prefix };
enum class http_version { automatic, http_1_1, http_2 };
enum class ip_version { any, v4, v6 };

struct target_spec {
  std::string name;
  std::string project;
  environment env = environment::dev;
  std::string branch;                                // preview and dev only
  std::string base_url = "https://api.trigger.dev";  // without trailing slash
  std::string credential;
  std::string limit;  // empty: no ceiling but the server's
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> vars;
  bool enabled = true;
  milliseconds connect_timeout{5'000};
  milliseconds request_timeout{30'000};  // to the first byte of the reply; transfers have a stall timeout
  retry_spec retry;
  identity_check verify_identity = identity_check::before_write;
  tls_spec tls;
  std::string proxy;
  http_version http = http_version::automatic;
  ip_version ip = ip_version::any;
  std::map<std::string, std::string> headers;  // additional ones; never replace ours
  bool allow_plaintext = false;

  friend bool operator==(const target_spec&, const target_spec&) = default;
};

enum class role { read, operate, admin };

struct socket_allow {
  std::string user;  // exactly one of user and group
  std::string group;
  role as = role::read;

  friend bool operator==(const socket_allow&, const socket_allow&) = default;
};

struct daemon_spec {
  std::string state_dir;
  std::string runtime_dir;
  std::string timezone = "UTC";
  milliseconds drain_timeout{45'000};
  milliseconds clock_jump_tolerance{2'000};
  bool watchdog = true;
  std::string socket_path = "control";  // inside runtime_dir, or absolute
  std::vector<socket_allow> allow;
  std::string log_level = "info";   // debug info notice warning error
  std::string log_format;           // journald, json, text; empty: chosen by itself
  std::vector<std::string> redact;  // globs on variable names
  milliseconds keep{90LL * 86'400'000};
  std::uint32_t keep_per_job = 500;
  std::uint64_t keep_results = 64 * 1024;
  std::string http_listen;  // "127.0.0.1:9464"; empty: off

  friend bool operator==(const daemon_spec&, const daemon_spec&) = default;
};

}  // namespace triggerd::spec
