// The operators' half of the table. The developers' half is job_keys.cpp.
#include "config/keys.hpp"

#include "config/checks.hpp"
#include "config/node.hpp"
#include "config/shapes.hpp"

#include <algorithm>
#include <array>

namespace triggerd::config {

namespace {

using enum form;
using sv = std::string_view;

// A table reads best with a row on a line.
// clang-format off
constexpr std::array source_choice{sv("env"), sv("file"), sv("systemd"), sv("exec")};
constexpr std::array source_keys{
    key{.name = "env", .is = text, .about = "The name of a variable of triggerd's own environment.", .check = checks::process_variable},
    key{.name = "file", .is = path, .about = "A file that nobody else can read; one trailing newline is dropped.", .check = checks::not_empty},
    key{.name = "systemd", .is = text, .about = "A credential of the unit: LoadCredential= or LoadCredentialEncrypted=.", .check = checks::credential_name},
    key{.name = "exec", .is = argv, .about = "A program and its arguments, without a shell; its output is the value."},
    key{.name = "timeout", .is = duration, .about = "How long the program may take.", .fallback = "\"10s\"", .least = 1, .most = hours},
};

constexpr std::array role_words{sv("read"), sv("operate"), sv("admin")};
constexpr std::array allow_choice{sv("user"), sv("group")};
constexpr std::array allow_keys{
    key{.name = "user", .is = text, .about = "A local user, by name or number.", .check = checks::not_empty},
    key{.name = "group", .is = text, .about = "A local group, by name or number.", .check = checks::not_empty},
    key{.name = "role", .is = word, .about = "What its members may do over the socket.", .required = true, .allowed = role_words},
};
constexpr shape allow{.keys = allow_keys, .one_of = allow_choice, .one_needed = true};

constexpr std::array daemon_keys{
    key{.name = "state_dir", .is = path, .about = "Where the ledger lives.", .fallback = "$STATE_DIRECTORY, or \"/var/lib/triggerd\"", .check = checks::not_empty},
    key{.name = "runtime_dir", .is = path, .about = "Where the socket and the lock live.", .fallback = "$RUNTIME_DIRECTORY, or \"/run/triggerd\"", .check = checks::not_empty},
    key{.name = "timezone", .is = text, .about = "The time zone of schedules that name none.", .fallback = "\"UTC\"", .check = checks::not_empty},
    key{.name = "drain_timeout", .is = duration, .about = "How long a stop waits for work in flight.", .fallback = "\"45s\"", .most = days},
    key{.name = "clock_jump_tolerance", .is = duration, .about = "Larger steps of the clock are logged and pass through catch_up.", .fallback = "\"2s\"", .least = 100, .most = hours},
    key{.name = "watchdog", .is = flag, .about = "Tell systemd's watchdog that the loop turns.", .fallback = "true"},
};
constexpr shape daemon{.keys = daemon_keys};

constexpr std::array socket_keys{
    key{.name = "path", .is = text, .about = "The control socket, inside runtime_dir or absolute.", .fallback = "\"control\"", .check = checks::not_empty},
    key{.name = "allow", .is = tables, .about = "Who may do what; the first match wins. Root and the service's own user are admin.", .of = &allow},
};
constexpr shape socket{.keys = socket_keys};

constexpr std::array level_words{sv("debug"), sv("info"), sv("notice"), sv("warning"), sv("error")};
constexpr std::array format_words{sv("journald"), sv("json"), sv("text")};
constexpr std::array log_keys{
    key{.name = "level", .is = word, .about = "The least important message that is written.", .fallback = "\"info\"", .allowed = level_words},
    key{.name = "format", .is = word, .about = "How messages are written; chosen by itself when left away.", .allowed = format_words},
    key{.name = "redact", .is = strings, .about = "Variables whose values never appear, as globs; on top of every value resolved as a secret.", .check = checks::not_empty},
};
constexpr shape log{.keys = log_keys};

constexpr std::array history_keys{
    key{.name = "keep", .is = duration, .about = "How long finished fires are remembered.", .fallback = "\"90d\"", .least = hours},
    key{.name = "keep_per_job", .is = integer, .about = "How many finished fires of a job are remembered.", .fallback = "500", .least = 1, .most = 1'000'000},
    key{.name = "results", .is = size, .about = "Larger outputs of tasks are kept by digest only.", .fallback = "\"64KiB\"", .most = 64 << 20},
    key{.name = "audit", .is = text, .about = "A hash-chained file of who did what.", .when = due::later},
};
constexpr shape history{.keys = history_keys};

constexpr std::array http_keys{
    key{.name = "listen", .is = text, .about = "A loopback address for /metrics and /healthz; off when left away.", .check = checks::loopback_listen},
};
constexpr shape http{.keys = http_keys};

constexpr std::array kind_words{sv("secret-key"), sv("additional-key"), sv("pat"), sv("org-token"), sv("public-token")};
constexpr std::array credential_keys{
    source_keys[0], source_keys[1], source_keys[2], source_keys[3], source_keys[4],
    key{.name = "kind", .is = word, .about = "What it must be; else told from its prefix.", .allowed = kind_words},
    key{.name = "exchange", .is = flag, .about = "A personal access token may fetch the environment's key where it cannot be used itself.", .fallback = "false"},
    key{.name = "refresh", .is = duration, .about = "Read it again so often; the old value stays when that fails.", .least = 1'000},
    key{.name = "expires", .is = text, .about = "A reminder.", .when = due::later},
    key{.name = "warn_before", .is = duration, .about = "How long before it expires to warn.", .when = due::later},
};
constexpr shape credential{.keys = credential_keys, .one_of = source_choice, .one_needed = true};

constexpr std::array limit_keys{
    key{.name = "requests", .is = rate, .about = "A ceiling; headers seen on replies win when they are lower."},
    key{.name = "burst", .is = integer, .about = "Requests that may leave at once after a pause.", .fallback = "60", .least = 1, .most = 1'000'000},
    key{.name = "in_flight", .is = integer, .about = "Unanswered requests of one target.", .fallback = "16", .least = 1, .most = 10'000},
    key{.name = "batch_items", .is = rate, .about = "The same for items of batches, which the server counts in a second bucket."},
    key{.name = "batch_burst", .is = integer, .about = "Items that may leave at once after a pause.", .fallback = "1000", .least = 1, .most = 1'000'000},
    key{.name = "reserve", .is = table, .about = "Shares of the budget kept for some lanes.", .when = due::later},
};
constexpr shape limit{.keys = limit_keys};

constexpr std::array tls_version_words{sv("1.2"), sv("1.3")};
constexpr std::array tls_keys{
    key{.name = "ca", .is = path, .about = "Certificates to trust instead of the system's, PEM.", .check = checks::not_empty},
    key{.name = "cert", .is = path, .about = "A client certificate, PEM.", .check = checks::not_empty},
    key{.name = "key", .is = path, .about = "The key of the client certificate, PEM.", .check = checks::not_empty},
    key{.name = "min_version", .is = word, .about = "The oldest TLS that is spoken.", .fallback = "\"1.2\"", .allowed = tls_version_words},
};
constexpr shape tls{.keys = tls_keys};

constexpr std::array environment_words{sv("dev"), sv("staging"), sv("prod"), sv("preview")};
constexpr std::array identity_words{sv("startup"), sv("before-write"), sv("prefix")};
constexpr std::array http_words{sv("auto"), sv("1.1"), sv("2")};
constexpr std::array ip_words{sv("any"), sv("4"), sv("6")};

// What [defaults.target] may hold comes first; what names one target comes last.
constexpr std::array target_keys{
    key{.name = "base_url", .is = text, .about = "Where the API answers.", .fallback = "\"https://api.trigger.dev\"", .check = checks::base_url},
    key{.name = "limit", .is = text, .about = "A [limit] by name; without one only the server's own limits hold.", .check = checks::table_name},
    key{.name = "labels", .is = text_map, .about = "Words that selectors of jobs look at.", .check = checks::label_value, .name_check = checks::label_name},
    key{.name = "vars", .is = text_map, .about = "Free strings for the templates of jobs: {{ target.vars.X }}.", .name_check = checks::table_name},
    key{.name = "connect_timeout", .is = duration, .about = "To the end of the TLS handshake.", .fallback = "\"5s\"", .least = 1, .most = hours},
    key{.name = "request_timeout", .is = duration, .about = "To the first byte of the reply.", .fallback = "\"30s\"", .least = 1, .most = hours},
    key{.name = "retry", .is = table, .about = "How a request is repeated; which may be is the API's to say.", .of = &retry_shape},
    key{.name = "verify_identity", .is = word, .about = "When the environment behind the key is proved.", .fallback = "\"before-write\"", .allowed = identity_words},
    key{.name = "tls", .is = table, .about = "Trust and client certificate.", .of = &tls},
    key{.name = "proxy", .is = text, .about = "A proxy; never taken from the environment.", .check = checks::proxy},
    key{.name = "http", .is = word, .about = "The HTTP version.", .fallback = "\"auto\"", .allowed = http_words},
    key{.name = "ip", .is = word, .about = "The IP version.", .fallback = "\"any\"", .allowed = ip_words},
    key{.name = "headers", .is = text_map, .about = "Additional headers; they never replace ours.", .check = checks::plain_text, .name_check = checks::header_name},
    key{.name = "allow_plaintext", .is = flag, .about = "Allow http:// to another machine: the key travels readable.", .fallback = "false"},
    key{.name = "protect", .is = flag, .about = "Changes need an approval.", .when = due::later},
    key{.name = "breaker", .is = table, .about = "Stop asking a server that fails.", .when = due::later},
    key{.name = "features", .is = table, .about = "What an older server can do.", .when = due::later},
    key{.name = "project", .is = text, .about = "The project reference.", .required = true, .check = checks::project},
    key{.name = "environment", .is = word, .about = "The environment.", .required = true, .allowed = environment_words},
    key{.name = "branch", .is = text, .about = "A branch of preview or dev.", .check = checks::branch},
    key{.name = "credential", .is = name_or_source, .about = "A [credential] by name, or a source.", .required = true, .of = &source_shape, .check = checks::table_name},
    key{.name = "enabled", .is = flag, .about = "Whether jobs run on it.", .fallback = "true"},
    key{.name = "branches", .is = table, .about = "A family of branches that come and go.", .when = due::later},
};
constexpr std::size_t target_default_count = 17;
static_assert(target_keys[target_default_count].name == "project");
constexpr shape target{.keys = target_keys};
constexpr shape target_defaults{.keys = std::span(target_keys).first<target_default_count>()};

constexpr std::array defaults_keys{
    key{.name = "target", .is = table, .about = "What every target starts from.", .of = &target_defaults},
    key{.name = "job", .is = table, .about = "What every job starts from.", .of = &job_defaults},
};
constexpr shape defaults{.keys = defaults_keys};
constexpr shape jobs_defaults{.keys = std::span(defaults_keys).subspan<1>()};

constexpr std::array root_keys{
    key{.name = "version", .is = integer, .about = "The version of this format: 1."},
    key{.name = "defaults", .is = table, .about = "What targets and jobs start from.", .of = &defaults},
    key{.name = "job", .is = named, .about = "The jobs, by name.", .of = &job, .name_check = checks::table_name},
    key{.name = "include", .is = strings, .about = "More files, as globs relative to this one; read in lexical order.", .check = checks::not_empty},
    key{.name = "daemon", .is = table, .about = "The process.", .of = &daemon},
    key{.name = "socket", .is = table, .about = "The control socket.", .of = &socket},
    key{.name = "log", .is = table, .about = "What is logged and how.", .of = &log},
    key{.name = "history", .is = table, .about = "What the ledger keeps.", .of = &history},
    key{.name = "http", .is = table, .about = "The listener for metrics.", .of = &http},
    key{.name = "credential", .is = named, .about = "Keys by reference, by name.", .of = &credential, .name_check = checks::table_name},
    key{.name = "limit", .is = named, .about = "Budgets, by name.", .of = &limit, .name_check = checks::table_name},
    key{.name = "target", .is = named, .about = "Project, environment and branch, by name.", .of = &target, .name_check = checks::table_name},
    key{.name = "tracing", .is = table, .about = "Trace headers and files.", .when = due::later},
    key{.name = "calendar", .is = named, .about = "Sets of days that schedules may exclude.", .when = due::later},
    key{.name = "notify", .is = named, .about = "Whom to tell.", .when = due::later},
    key{.name = "template", .is = named, .about = "Shared pieces of jobs.", .when = due::later},
};
constexpr shape root{.keys = root_keys};

constexpr std::array jobs_file_keys{
    root_keys[0],
    key{.name = "defaults", .is = table, .about = "What jobs start from.", .of = &jobs_defaults},
    root_keys[2],
};
constexpr shape jobs_file{.keys = jobs_file_keys};

}  // namespace

constexpr std::array retry_jitter_words{sv("full"), sv("none")};
constexpr std::array retry_keys{
    key{.name = "attempts", .is = integer, .about = "The first one included.", .least = 1, .most = 100},
    key{.name = "backoff", .is = backoff, .about = "The first and the longest pause, such as \"500ms..30s\"."},
    key{.name = "jitter", .is = word, .about = "Whether pauses are random.", .fallback = "\"full\"", .allowed = retry_jitter_words},
};
constexpr shape retry_shape{.keys = retry_keys};
constexpr shape source_shape{.keys = source_keys, .one_of = source_choice, .one_needed = true};
// clang-format on

namespace {

// As long as `visit` wants more.
template <class Visit>
void for_each_key(const shape& s, const node& table, Visit visit) {
  for (const key& k : s.keys)
    if (!visit(k)) return;
  const node* kind = s.kind_key.empty() ? nullptr : table.find(s.kind_key);
  if (!kind || !kind->is(node::kind::string)) return;
  for (const auto& option : s.kinds) {
    if (option.word != kind->text) continue;
    for (const key& k : option.adds->keys)
      if (!visit(k)) return;
  }
}

}  // namespace

const shape& root_shape() { return root; }
const shape& jobs_file_shape() { return jobs_file; }
const shape& job_shape() { return job; }
const shape& target_shape() { return target; }
const shape& target_defaults_shape() { return target_defaults; }
const shape& job_defaults_shape() { return job_defaults; }

std::vector<const key*> keys_of(const shape& s, const node& table) {
  std::vector<const key*> out;
  out.reserve(s.keys.size());
  for_each_key(s, table, [&](const key& k) {
    out.push_back(&k);
    return true;
  });
  return out;
}

const key* find_key(const shape& s, const node& table, std::string_view name) {
  const key* found = nullptr;
  for_each_key(s, table, [&](const key& k) {
    if (k.name == name) found = &k;
    return found == nullptr;
  });
  return found;
}

}  // namespace triggerd::config
