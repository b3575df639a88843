#include "config/read_target.hpp"

#include "config/environment.hpp"
#include "config/forms.hpp"
#include "config/view.hpp"

namespace triggerd::config {

namespace {

// systemd gives several folders separated by colons; the first is ours.
std::string folder(const environment& env, std::string_view variable, std::string_view otherwise) {
  const auto given = env.variable(variable);
  if (!given || given->empty()) return std::string(otherwise);
  return given->substr(0, given->find(':'));
}

void read_allow(const node* list, std::vector<spec::socket_allow>& into) {
  if (!list) return;
  for (const auto& item : list->items) {
    const view table(item);
    spec::socket_allow one;
    table.read("user", one.user);
    table.read("group", one.group);
    table.read_word("role", one.as,
                    {{"read", spec::role::read}, {"operate", spec::role::operate}, {"admin", spec::role::admin}});
    into.push_back(std::move(one));
  }
}

}  // namespace

spec::daemon_spec read_daemon(const node& root, const environment& env) {
  spec::daemon_spec out;
  out.state_dir = folder(env, "STATE_DIRECTORY", "/var/lib/triggerd");
  out.runtime_dir = folder(env, "RUNTIME_DIRECTORY", "/run/triggerd");
  const view daemon = view(root).table("daemon");
  daemon.read("state_dir", out.state_dir);
  daemon.read("runtime_dir", out.runtime_dir);
  daemon.read("timezone", out.timezone);
  daemon.read("drain_timeout", out.drain_timeout);
  daemon.read("clock_jump_tolerance", out.clock_jump_tolerance);
  daemon.read("watchdog", out.watchdog);
  const view socket = view(root).table("socket");
  socket.read("path", out.socket_path);
  read_allow(socket.at("allow"), out.allow);
  const view log = view(root).table("log");
  log.read("level", out.log_level);
  log.read("format", out.log_format);
  log.read("redact", out.redact);
  const view history = view(root).table("history");
  history.read("keep", out.keep);
  history.read("keep_per_job", out.keep_per_job);
  history.read_size("results", out.keep_results);
  view(root).table("http").read("listen", out.http_listen);
  return out;
}

spec::credential_spec read_credential(const std::string& name, const node& table) {
  spec::credential_spec out;
  out.name = name;
  take(table, out.source);
  std::string kind;
  view(table).read("kind", kind);
  out.kind = spec::credential_kind_from(kind);
  view(table).read("exchange", out.exchange);
  view(table).read("refresh", out.refresh);
  return out;
}

spec::limit_spec read_limit(const std::string& name, const node& table) {
  spec::limit_spec out;
  out.name = name;
  view(table).read("requests", out.requests);
  view(table).read("burst", out.burst);
  view(table).read("in_flight", out.in_flight);
  view(table).read("batch_items", out.batch_items);
  view(table).read("batch_burst", out.batch_burst);
  return out;
}

void read_retry(const node* table, spec::retry_spec& into) {
  const view retry(table);
  retry.read("attempts", into.attempts);
  std::string backoff;
  retry.read("backoff", backoff);
  if (const auto pauses = parse_backoff(backoff)) {
    into.backoff_first = pauses->first;
    into.backoff_most = pauses->second;
  }
  retry.read_word("jitter", into.jitter, {{"full", true}, {"none", false}});
}

spec::target_spec read_target(const std::string& name, const node& merged) {
  const view table(merged);
  spec::target_spec out;
  out.name = name;
  table.read("project", out.project);
  std::string environment;
  table.read("environment", environment);
  out.env = spec::environment_from(environment).value_or(out.env);
  table.read("branch", out.branch);
  table.read("base_url", out.base_url);
  while (out.base_url.ends_with('/')) out.base_url.pop_back();
  if (table.table("credential")) out.credential = "target:" + name;
  else table.read("credential", out.credential);
  table.read("limit", out.limit);
  table.read("labels", out.labels);
  table.read("vars", out.vars);
  table.read("enabled", out.enabled);
  table.read("connect_timeout", out.connect_timeout);
  table.read("request_timeout", out.request_timeout);
  read_retry(table.at("retry"), out.retry);
  using check = spec::identity_check;
  table.read_word("verify_identity", out.verify_identity,
                  {{"startup", check::startup}, {"before-write", check::before_write}, {"prefix", check::prefix}});
  const view tls = table.table("tls");
  tls.read("ca", out.tls.ca);
  tls.read("cert", out.tls.cert);
  tls.read("key", out.tls.key);
  tls.read("min_version", out.tls.min_version);
  table.read("proxy", out.proxy);
  using http = spec::http_version;
  table.read_word("http", out.http, {{"auto", http::automatic}, {"1.1", http::http_1_1}, {"2", http::http_2}});
  using ip = spec::ip_version;
  table.read_word("ip", out.ip, {{"any", ip::any}, {"4", ip::v4}, {"6", ip::v6}});
  table.read("headers", out.headers);
  table.read("allow_plaintext", out.allow_plaintext);
  return out;
}

std::optional<spec::credential_spec> read_inline_credential(const std::string& target, const node& merged) {
  const view source = view(merged).table("credential");
  if (!source) return std::nullopt;
  return read_credential("target:" + target, *merged.find("credential"));
}

}  // namespace triggerd::config
