#include "sandbox/world_file.hpp"

#include "config/checks.hpp"
#include "sandbox/cron.hpp"
#include "spec/credential_kind.hpp"

#include <array>

namespace triggerd::rehearsal {

namespace {

using config::key;
using config::shape;
using enum config::form;
namespace checks = config::checks;
using sv = std::string_view;

constexpr double hour = 3'600'000;
constexpr double day = 24 * hour;
constexpr double some = 1'000'000;

std::optional<std::string> credential(sv text) {
  if (spec::looks_like_key(text)) return std::nullopt;
  return "a key looks like \"tr_prod_\" and 24 letters and digits, a personal access token like \"tr_pat_\" and 40; "
         "invent one";
}

std::optional<std::string> cron(sv text) {
  auto read = sandbox::read_cron(text);
  const auto* complaint = std::get_if<std::string>(&read);
  return complaint == nullptr ? std::nullopt : std::optional(*complaint);
}

std::optional<std::string> zone(sv text) {
  if (sandbox::time_zone::load(text) != nullptr) return std::nullopt;
  return "the modelled server takes no such zone, or this machine has no data for it";
}

// A table reads best with a row on a line.
// clang-format off
constexpr std::array share_keys{
    key{.name = "fails", .is = number, .about = "The share that ends FAILED.", .fallback = "0", .most = 1},
    key{.name = "crashes", .is = number, .about = "The share that ends CRASHED.", .fallback = "0", .most = 1},
    key{.name = "times_out", .is = number, .about = "The share that ends TIMED_OUT.", .fallback = "0", .most = 1},
    key{.name = "system_failure", .is = number, .about = "The share that ends SYSTEM_FAILURE.", .fallback = "0", .most = 1},
};
constexpr shape shares{.keys = share_keys};

constexpr std::array task_keys{
    key{.name = "queued", .is = backoff, .about = "How long a run waits, drawn between the two.", .fallback = "\"50ms..400ms\""},
    key{.name = "runs", .is = backoff, .about = "How long a run takes, drawn between the two.", .fallback = "\"100ms..800ms\""},
    key{.name = "ends", .is = table, .about = "How runs end; what remains of 1 succeeds.", .of = &shares},
    key{.name = "replayed", .is = table, .about = "How replays end; like the first time when left away.", .of = &shares},
    key{.name = "queues", .is = strings, .about = "Queues that the deployment knows, besides the task's own.", .check = checks::not_empty},
    key{.name = "scheduled", .is = flag, .about = "Schedules may run it.", .fallback = "false"},
    key{.name = "cron", .is = text, .about = "A schedule declared with the task; makes it a scheduled one.", .check = cron},
    key{.name = "zone", .is = text, .about = "Time zone of `cron`.", .fallback = "\"UTC\"", .check = zone},
    key{.name = "obeys_payload", .is = flag, .about = "{\"behaviour\": \"fail\", \"crash\", \"maxduration\", \"hold\" or \"noout\"} in a payload decides.", .fallback = "false"},
};
constexpr shape task{.keys = task_keys};

constexpr std::array end_words{sv("COMPLETED"), sv("FAILED"), sv("CRASHED"), sv("TIMED_OUT"), sv("SYSTEM_FAILURE"), sv("CANCELED"), sv("EXPIRED")};
constexpr std::array past_keys{
    key{.name = "task", .is = text, .about = "The task they ran.", .required = true, .check = checks::not_empty},
    key{.name = "count", .is = integer, .about = "How many, spread evenly.", .required = true, .least = 1, .most = some},
    key{.name = "oldest", .is = duration, .about = "So long before the start.", .required = true, .most = 366 * day},
    key{.name = "newest", .is = duration, .about = "So long before the start.", .fallback = "\"0s\"", .most = 366 * day},
    key{.name = "status", .is = word, .about = "How they ended.", .fallback = "\"FAILED\"", .allowed = end_words},
    key{.name = "tags", .is = strings, .about = "At most ten.", .most = 10, .check = checks::tag},
};
constexpr shape past{.keys = past_keys};

constexpr std::array branch_keys{
    key{.name = "name", .is = text, .about = "As git says it.", .required = true, .check = checks::branch},
    key{.name = "id", .is = text, .about = "Of the environment; made from the names when left away.", .check = checks::not_empty},
    key{.name = "archived", .is = flag, .about = "Nothing reaches an archived branch.", .fallback = "false"},
    key{.name = "variables", .is = text_map, .about = "Variables of its own, readable."},
    key{.name = "secrets", .is = text_map, .about = "Variables of its own that read back redacted."},
    key{.name = "past", .is = tables, .about = "Runs that ended before the start.", .of = &past},
};
constexpr shape branch{.keys = branch_keys};

constexpr std::array additional_keys{
    key{.name = "key", .is = text, .about = "\"tr_prod_sk_...\".", .required = true, .check = credential},
    key{.name = "scopes", .is = strings, .about = "What it may do; everything when left away.", .check = checks::not_empty},
};
constexpr shape additional{.keys = additional_keys};

constexpr std::array queue_keys{
    key{.name = "name", .is = text, .about = "\"task/hello\" is the own queue of hello.", .required = true, .check = checks::not_empty},
    key{.name = "limit", .is = integer, .about = "Runs at once.", .required = true, .most = some},
};
constexpr shape queue{.keys = queue_keys};

constexpr std::array shared_limit_keys{
    key{.name = "name", .is = text, .about = "As triggers name it.", .required = true, .check = checks::not_empty},
    key{.name = "total", .is = integer, .about = "Runs at once; any number when left away.", .most = some},
    key{.name = "per_key", .is = integer, .about = "Runs at once of one concurrency key.", .most = some},
};
constexpr shape shared_limit{.keys = shared_limit_keys};

constexpr std::array type_words{sv("dev"), sv("staging"), sv("preview"), sv("prod")};
constexpr std::array environment_keys{
    key{.name = "type", .is = word, .about = "Which of a project's environments.", .required = true, .allowed = type_words},
    key{.name = "id", .is = text, .about = "Made from the names when left away.", .check = checks::not_empty},
    key{.name = "key", .is = text, .about = "The root key.", .required = true, .check = credential},
    key{.name = "export_as", .is = text, .about = "The name that --print-env gives the key.", .check = checks::process_variable},
    key{.name = "additional_key", .is = tables, .about = "Keys besides the root key.", .of = &additional},
    key{.name = "tasks", .is = strings, .about = "What its deployment knows; all of [task] when left away.", .check = checks::not_empty},
    key{.name = "variables", .is = text_map, .about = "Variables, readable."},
    key{.name = "secrets", .is = text_map, .about = "Variables that read back redacted."},
    key{.name = "past", .is = tables, .about = "Runs that ended before the start.", .of = &past},
    key{.name = "branch", .is = tables, .about = "Branches of a preview or dev environment.", .of = &branch},
    key{.name = "version", .is = text, .about = "Of the current deployment.", .fallback = "\"20261124.1\"", .check = checks::not_empty},
    key{.name = "queue_limit", .is = integer, .about = "Runs that may wait; 0: any number.", .fallback = "0", .most = some},
    key{.name = "queue", .is = tables, .about = "Queues with a limit.", .of = &queue},
    key{.name = "concurrency_limit", .is = tables, .about = "Limits that queues share.", .of = &shared_limit},
    key{.name = "prompts", .is = text_map, .about = "Prompts by slug: the text of their first version, \"{{{{\" for its \"{{\"."},
    key{.name = "paused", .is = flag, .about = "Runs wait until it is resumed.", .fallback = "false"},
};
constexpr shape environment{.keys = environment_keys};

constexpr std::array project_keys{
    key{.name = "ref", .is = text, .about = "\"proj_...\".", .required = true, .check = checks::project},
    key{.name = "name", .is = text, .about = "For people.", .required = true, .check = checks::not_empty},
    key{.name = "id", .is = text, .about = "Made from the ref when left away.", .check = checks::not_empty},
    key{.name = "environment", .is = tables, .about = "At most one of each type.", .required = true, .of = &environment},
};
constexpr shape project{.keys = project_keys};

constexpr std::array token_keys{
    key{.name = "value", .is = text, .about = "\"tr_pat_...\".", .required = true, .check = credential},
    key{.name = "email", .is = text, .about = "Of its user.", .fallback = "\"operator@example.test\"", .check = checks::not_empty},
    key{.name = "user", .is = text, .about = "Its user's name.", .fallback = "\"Operator\"", .check = checks::not_empty},
    key{.name = "projects", .is = strings, .about = "Refs that its user can see; all when left away.", .check = checks::project},
    key{.name = "export_as", .is = text, .about = "The name that --print-env gives it.", .check = checks::process_variable},
};
constexpr shape token{.keys = token_keys};

constexpr std::array bucket_keys{
    key{.name = "size", .is = integer, .about = "Most tokens at once; 0: not limited.", .required = true, .most = some},
    key{.name = "refill", .is = integer, .about = "Tokens added at once.", .required = true, .most = some},
    key{.name = "every", .is = duration, .about = "So often.", .fallback = "\"10s\"", .least = 1, .most = day},
};
constexpr shape bucket{.keys = bucket_keys};

constexpr std::array limit_keys{
    key{.name = "api", .is = table, .about = "Requests per environment.", .fallback = "750, 250 every 10 s", .of = &bucket},
    key{.name = "management", .is = table, .about = "Requests to the management routes.", .fallback = "1500, 500 every 10 s", .of = &bucket},
    key{.name = "batch", .is = table, .about = "Batch items.", .fallback = "1200, 100 every 10 s", .of = &bucket},
    key{.name = "tokens_per_minute", .is = integer, .about = "Requests of one public access token.", .fallback = "60", .most = some},
};
constexpr shape limits{.keys = limit_keys};

constexpr std::array pace_keys{
    key{.name = "list_lag", .is = duration, .about = "Until lists show a run, or its new status.", .fallback = "\"600ms\"", .most = hour},
    key{.name = "batch_processing", .is = duration, .about = "From the seal of a batch to its runs.", .fallback = "\"260ms\"", .most = hour},
    key{.name = "bad_item", .is = duration, .about = "Until a batch item that cannot be triggered is given up.", .fallback = "\"40s\"", .most = hour},
    key{.name = "bulk_start", .is = duration, .about = "From the creation of a bulk action to its first runs.", .fallback = "\"800ms\"", .most = hour},
    key{.name = "bulk_step", .is = duration, .about = "Between two groups of a bulk action.", .fallback = "\"200ms\"", .most = hour},
    key{.name = "bulk_group", .is = integer, .about = "Runs in one group.", .fallback = "100", .least = 1, .most = some},
    key{.name = "cancel_settle", .is = duration, .about = "Until a cancelled running run has its end.", .fallback = "\"500ms\"", .most = hour},
};
constexpr shape pace{.keys = pace_keys};

constexpr std::array world_keys{
    key{.name = "base_url", .is = text, .about = "Shown in replies; where the sandbox listens when left away.", .check = checks::base_url},
    key{.name = "regions", .is = strings, .about = "The first is the default.", .fallback = "[\"local\"]", .check = checks::not_empty},
    key{.name = "limits", .is = table, .about = "The server's rate limits.", .of = &limits},
    key{.name = "pace", .is = table, .about = "How long the server takes for what it does behind a reply.", .of = &pace},
    key{.name = "task", .is = named, .about = "Tasks, by name.", .of = &task, .name_check = checks::not_empty},
    key{.name = "project", .is = tables, .about = "Projects.", .required = true, .of = &project},
    key{.name = "token", .is = tables, .about = "Personal access tokens.", .of = &token},
};
constexpr shape world{.keys = world_keys};
// clang-format on

}  // namespace

const config::shape& world_shape() { return world; }

}  // namespace triggerd::rehearsal
