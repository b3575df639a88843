// The developers' half of the table: what a [job.NAME] may hold, per kind.
#include "base/limits.hpp"
#include "config/checks.hpp"
#include "config/shapes.hpp"

#include <array>

namespace triggerd::config {

namespace {

using enum form;
using sv = std::string_view;

// A table reads best with a row on a line.
// clang-format off
// --- pieces of every job ---
constexpr std::array wait_words{sv("settled"), sv("success")};
constexpr std::array on_timeout_words{sv("leave"), sv("cancel")};
constexpr std::array wait_keys{
    key{.name = "for", .is = word, .about = "Until the runs have ended, or have ended well.", .required = true, .allowed = wait_words},
    key{.name = "timeout", .is = duration, .about = "At most so long.", .least = seconds},
    key{.name = "on_timeout", .is = word, .about = "What becomes of runs that still go.", .fallback = "\"leave\"", .allowed = on_timeout_words},
    key{.name = "require", .is = percent, .about = "Batches: so many must succeed.", .fallback = "\"100%\""},
};
constexpr shape wait{.keys = wait_keys};

constexpr std::array scope_words{sv("fire"), sv("job")};
constexpr std::array idempotency_keys{
    key{.name = "key", .is = text, .about = "\"auto\", or a template.", .fallback = "\"auto\"", .replaced = names::fire, .check = checks::idempotency_key},
    key{.name = "scope", .is = word, .about = "Whether keys hold for one fire or across all fires of the job.", .fallback = "\"fire\"", .allowed = scope_words},
    key{.name = "ttl", .is = duration, .about = "How long the server remembers the key.", .fallback = "\"30d\"", .least = seconds, .most = 366 * days},
};
constexpr shape idempotency{.keys = idempotency_keys};

constexpr std::array auth_keys{
    key{.name = "credential", .is = text, .about = "Another [credential] for this job's writes; it must prove the same environment.", .check = checks::table_name},
    key{.name = "base_url", .is = text, .about = "Another base URL for this job's writes.", .check = checks::base_url},
    key{.name = "branch", .is = text, .about = "Another branch for this job's writes.", .check = checks::branch},
};
constexpr shape auth{.keys = auth_keys};

constexpr std::array var_words{sv("string"), sv("integer"), sv("number"), sv("boolean"), sv("datetime")};
constexpr std::array var_keys{
    key{.name = "type", .is = word, .about = "What it holds.", .fallback = "\"string\"", .allowed = var_words},
    key{.name = "required", .is = flag, .about = "A run without it is refused.", .fallback = "false"},
    key{.name = "default", .is = scalar, .about = "Its value when none is given."},
    key{.name = "match", .is = text, .about = "A regular expression the whole string must match.", .check = checks::pattern},
    key{.name = "min", .is = number, .about = "The least number.", .least = -9'007'199'254'740'992.0},
    key{.name = "max", .is = number, .about = "The largest number.", .least = -9'007'199'254'740'992.0},
};
constexpr shape var{.keys = var_keys};

constexpr key exec_key{.name = "exec", .is = argv, .about = "A program and its arguments, without a shell.", .replaced = names::fire};
constexpr key exec_timeout_key{.name = "timeout", .is = duration, .about = "How long the program may take.", .fallback = "\"30s\"", .least = 1, .most = 24 * hours};
constexpr key exec_size_key{.name = "max_size", .is = size, .about = "More output than this is an error.", .fallback = "\"16MiB\"", .least = 1, .most = double(limits::exec_output)};

// --- options of a run, shared by trigger and batch ---
constexpr std::array debounce_words{sv("leading"), sv("trailing")};
constexpr std::array debounce_keys{
    key{.name = "key", .is = text, .about = "Triggers of one key fold into one run.", .required = true, .replaced = names::outer, .check = checks::debounce_key},
    key{.name = "delay", .is = duration, .about = "How long the run waits for more.", .required = true, .least = seconds, .replaced = names::outer},
    key{.name = "mode", .is = word, .about = "Which payload is kept.", .fallback = "\"leading\"", .allowed = debounce_words},
    key{.name = "max_delay", .is = duration, .about = "But never longer than this.", .least = seconds, .replaced = names::outer},
};
constexpr shape debounce{.keys = debounce_keys};

constexpr std::array machine_words{sv("micro"), sv("small-1x"), sv("small-2x"), sv("medium-1x"), sv("medium-2x"), sv("large-1x"), sv("large-2x")};
// `payload` stands first and belongs to `map` alone.
constexpr std::array map_keys{
    key{.name = "payload", .is = json, .about = "The payload of one item.", .fallback = "\"{{ item }}\"", .replaced = names::outer},
    key{.name = "queue", .is = text, .about = "A queue by name.", .replaced = names::outer, .check = checks::not_empty},
    key{.name = "concurrency", .is = strings, .about = "At most two concurrency limits by name.", .most = 2, .replaced = names::outer, .check = checks::concurrency_name},
    key{.name = "concurrency_key", .is = text_or_number, .about = "Runs of one key share the queue's limit.", .replaced = names::outer, .check = checks::not_empty},
    key{.name = "test", .is = flag, .about = "Mark the run as a test.", .replaced = names::outer},
    key{.name = "delay", .is = duration_or_instant, .about = "Start later.", .replaced = names::outer},
    key{.name = "ttl", .is = duration, .about = "Expire when not started by then.", .least = seconds, .replaced = names::outer},
    key{.name = "tags", .is = strings, .about = "At most nine (triggerd adds one of its own), each of at most 128 characters.", .most = double(limits::tags_per_run) - 1, .replaced = names::outer, .check = checks::tag},
    key{.name = "max_attempts", .is = integer, .about = "Attempts of the run itself.", .least = 1, .most = 1'000, .replaced = names::outer},
    key{.name = "metadata", .is = json_table, .about = "Metadata of the run.", .replaced = names::outer},
    key{.name = "max_duration", .is = duration, .about = "Compute time of the run; the server raises less than 5s.", .least = 5 * seconds, .replaced = names::outer},
    key{.name = "machine", .is = word, .about = "A machine preset.", .allowed = machine_words, .replaced = names::outer},
    key{.name = "priority", .is = number, .about = "Runs of a larger number start first, as if triggered so many seconds earlier.", .replaced = names::outer},
    key{.name = "region", .is = text, .about = "Where it runs.", .replaced = names::outer, .check = checks::not_empty},
    key{.name = "version", .is = text, .about = "Lock to a deployed version.", .replaced = names::outer, .check = checks::not_empty},
    key{.name = "external_deployment_id", .is = text, .about = "Your own id of the deployment.", .replaced = names::outer, .check = checks::deployment_id},
    key{.name = "debounce", .is = table, .about = "Fold triggers that come close together.", .of = &debounce, .replaced = names::outer},
};
constexpr shape map{.keys = map_keys};
constexpr shape options{.keys = std::span(map_keys).subspan<1>()};

// --- trigger ---
constexpr std::array payload_choice{sv("file"), sv("exec")};
constexpr std::array payload_from_keys{
    key{.name = "file", .is = path, .about = "A JSON file.", .replaced = names::fire, .check = checks::not_empty},
    exec_key, exec_timeout_key, exec_size_key,
};
constexpr shape payload_from{.keys = payload_from_keys, .one_of = payload_choice, .one_needed = true};

constexpr std::array trigger_keys{
    key{.name = "task", .is = text, .about = "The id of the task.", .required = true, .replaced = names::fire, .check = checks::not_empty},
    key{.name = "payload", .is = json, .about = "The payload; strings may hold placeholders.", .replaced = names::fire},
    key{.name = "payload_from", .is = table, .about = "The payload from a file or a program.", .of = &payload_from},
    key{.name = "options", .is = table, .about = "Options of the run.", .of = &options, .replaced = names::fire},
};
constexpr std::array payload_or_from{sv("payload"), sv("payload_from")};
constexpr shape trigger{.keys = trigger_keys, .one_of = payload_or_from};

// --- batch ---
constexpr std::array items_choice{sv("ndjson"), sv("csv"), sv("json"), sv("exec"), sv("stdin")};
constexpr std::array column_words{sv("string"), sv("integer"), sv("number"), sv("boolean"), sv("json")};
constexpr std::array items_from_keys{
    key{.name = "ndjson", .is = path, .about = "A file of one JSON value per line.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "csv", .is = path, .about = "A CSV file; an item is an object of its columns.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "json", .is = path, .about = "A file that holds one JSON array.", .replaced = names::fire, .check = checks::not_empty},
    exec_key, exec_timeout_key, exec_size_key,
    key{.name = "header", .is = flag, .about = "CSV: whether the first line names the columns; else they are 1, 2, ...", .fallback = "true"},
    key{.name = "delimiter", .is = text, .about = "CSV: what separates the columns.", .fallback = "\",\"", .check = checks::one_character},
    key{.name = "types", .is = text_map, .about = "CSV: the type of a column; string when left away.", .allowed = column_words, .name_check = checks::not_empty},
    key{.name = "stdin", .is = flag, .about = "Items given by hand.", .when = due::later},
};
constexpr shape items_from{.keys = items_from_keys, .one_of = items_choice, .one_needed = true};

constexpr std::array chunking_keys{
    key{.name = "items", .is = integer, .about = "Items in one batch.", .fallback = "1000", .least = 1, .most = double(limits::batch_items)},
    key{.name = "bytes", .is = size, .about = "A chunk also closes at this size.", .fallback = "\"4MiB\"", .least = 1'024, .most = 64 << 20},
    key{.name = "concurrent", .is = integer, .about = "Chunks at once per target.", .fallback = "2", .least = 1, .most = 16},
    key{.name = "resume", .is = flag, .about = "Go on after a restart where it stopped.", .fallback = "true"},
    key{.name = "seal_within", .is = duration, .about = "A chunk not complete by then is reported.", .fallback = "\"10m\"", .least = 10 * seconds, .most = 7 * days},
};
constexpr shape chunking{.keys = chunking_keys};

constexpr std::array oversize_words{sv("reject")};
constexpr std::array oversize_later{sv("upload")};
constexpr std::array rejects_keys{
    key{.name = "file", .is = text, .about = "Where bad items go, inside the state directory; it can be an items_from again.", .replaced = names::fire, .check = checks::inside_state_dir},
    key{.name = "max", .is = share, .about = "More bad items than this stop the job."},
    key{.name = "oversize", .is = word, .about = "What becomes of an item over 3 MiB.", .fallback = "\"reject\"", .allowed = oversize_words, .allowed_later = oversize_later},
};
constexpr shape rejects{.keys = rejects_keys};

constexpr std::array send_words{sv("batch"), sv("each")};
constexpr std::array batch_choice{sv("items"), sv("items_from")};
constexpr std::array batch_keys{
    key{.name = "task", .is = text, .about = "The id of the task.", .required = true, .replaced = names::fire, .check = checks::not_empty},
    key{.name = "items", .is = json_list, .about = "The items themselves.", .replaced = names::fire},
    key{.name = "items_from", .is = table, .about = "The items from a file or a program.", .of = &items_from},
    key{.name = "map", .is = table, .about = "Payload and options of one item.", .of = &map, .replaced = names::items},
    key{.name = "item_key", .is = text, .about = "The identity of one item; a re-run sends only what is new.", .replaced = names::items, .check = checks::not_empty},
    key{.name = "options", .is = table, .about = "Options of every run; map wins.", .of = &options, .replaced = names::items},
    key{.name = "chunking", .is = table, .about = "How items are cut into batches.", .of = &chunking},
    key{.name = "rejects", .is = table, .about = "What becomes of bad items.", .of = &rejects},
    key{.name = "rate", .is = rate, .about = "Items per time, of this job on one target."},
    key{.name = "send", .is = word, .about = "Whole batches, or item by item.", .fallback = "\"batch\"", .allowed = send_words},
};
constexpr shape batch{.keys = batch_keys, .one_of = batch_choice, .one_needed = true};

// --- replay ---
constexpr std::array select_keys{
    key{.name = "from", .is = moment, .about = "Runs created since: an instant, or relative to the fire.", .required = true, .replaced = names::fire},
    key{.name = "to", .is = moment, .about = "Runs created until; at least 60 s before the fire.", .required = true, .replaced = names::fire},
    key{.name = "status", .is = strings, .about = "Statuses of runs.", .replaced = names::fire, .check = checks::run_status},
    key{.name = "task", .is = strings, .about = "Tasks.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "version", .is = strings, .about = "Versions.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "tag", .is = strings, .about = "Tags, any of them.", .replaced = names::fire, .check = checks::tag},
    key{.name = "queue", .is = strings, .about = "Queues; \"task/NAME\" for a task's own.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "machine", .is = strings, .about = "Machine presets.", .allowed = machine_words, .replaced = names::fire},
    key{.name = "region", .is = strings, .about = "Regions.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "schedule", .is = text, .about = "Runs of this schedule.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "batch", .is = text, .about = "Runs of this batch.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "bulk_action", .is = text, .about = "Runs made by this bulk action.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "test", .is = flag, .about = "Only test runs, or none."},
};
constexpr shape select{.keys = select_keys};

constexpr std::array expect_keys{
    key{.name = "min", .is = integer, .about = "Fewer runs than this: nothing starts.", .fallback = "0"},
    key{.name = "max", .is = integer, .about = "More runs than this: nothing starts."},
};
constexpr shape expect{.keys = expect_keys};

constexpr std::array once_per_words{sv("run")};
constexpr std::array once_across_words{sv("job")};
constexpr std::array once_keys{
    key{.name = "per", .is = word, .about = "What is done once.", .fallback = "\"run\"", .allowed = once_per_words},
    key{.name = "across", .is = word, .about = "Within which bounds.", .fallback = "\"job\"", .allowed = once_across_words},
};
constexpr shape once{.keys = once_keys};

constexpr std::array mode_words{sv("paced"), sv("single")};
constexpr std::array mode_later{sv("retrigger")};
constexpr std::array order_words{sv("oldest-first"), sv("newest-first")};
constexpr std::array replay_keys{
    key{.name = "select", .is = table, .about = "Which runs.", .required = true, .of = &select},
    key{.name = "mode", .is = word, .about = "Named groups, or run by run.", .fallback = "\"paced\"", .allowed = mode_words, .allowed_later = mode_later},
    key{.name = "group", .is = integer, .about = "Runs in one group.", .fallback = "25", .least = 1, .most = double(limits::bulk_run_ids)},
    key{.name = "rate", .is = rate, .about = "Replays per time, of this job on one target."},
    key{.name = "in_flight", .is = integer, .about = "Replayed runs that have not ended.", .fallback = "200", .least = 1, .most = 100'000},
    key{.name = "order", .is = word, .about = "Which come first.", .fallback = "\"oldest-first\"", .allowed = order_words},
    key{.name = "expect", .is = table, .about = "How many runs are counted first; outside this nothing starts.", .of = &expect},
    key{.name = "once", .is = table, .about = "A run that was replayed is not replayed by a later fire.", .of = &once},
    key{.name = "skip_superseded", .is = table, .about = "Skip runs that a later success made pointless.", .when = due::later},
    key{.name = "canary", .is = table, .about = "Try a few first.", .when = due::later},
    key{.name = "abort_when", .is = table, .about = "Stop when too many fail.", .when = due::later},
};
constexpr shape replay{.keys = replay_keys};

// --- env-sync ---
constexpr std::array variable_choice{sv("dotenv"), sv("json"), sv("exec"), sv("values")};
constexpr std::array variable_format_words{sv("dotenv"), sv("json")};
constexpr std::array variable_source_keys{
    key{.name = "dotenv", .is = path, .about = "A file of NAME=value lines.", .replaced = names::fire, .check = checks::not_empty},
    key{.name = "json", .is = path, .about = "A JSON file: an object of strings.", .replaced = names::fire, .check = checks::not_empty},
    exec_key, exec_timeout_key, exec_size_key,
    key{.name = "format", .is = word, .about = "exec: what the program prints.", .fallback = "\"dotenv\"", .allowed = variable_format_words},
    key{.name = "values", .is = text_or_source_map, .about = "Variables given here; secrets by reference.", .of = &source_shape, .replaced = names::fire, .name_check = checks::process_variable},
    key{.name = "when", .is = strings, .about = "Only on these targets, as in `targets`.", .check = checks::selector_entry},
    key{.name = "stale_ok", .is = duration, .about = "How old a copy may be when the source fails.", .when = due::later},
};
constexpr shape variable_source{.keys = variable_source_keys, .one_of = variable_choice, .one_needed = true};

constexpr std::array sync_scope_words{sv("branch"), sv("parent")};
constexpr std::array empty_words{sv("refuse"), sv("skip"), sv("delete")};
constexpr std::array managed_words{sv("never"), sv("managed"), sv("all")};
constexpr std::array env_sync_keys{
    key{.name = "source", .is = tables, .about = "Where variables come from, in order; later ones win.", .required = true, .of = &variable_source},
    key{.name = "scope", .is = word, .about = "The target's own variables, or the set all preview branches share.", .fallback = "\"branch\"", .allowed = sync_scope_words},
    key{.name = "include", .is = strings, .about = "Only these names, as globs.", .fallback = "[\"*\"]", .check = checks::not_empty},
    key{.name = "exclude", .is = strings, .about = "But not these, as globs.", .check = checks::not_empty},
    key{.name = "rename", .is = text_map, .about = "Name in the source = name at the server.", .check = checks::variable_name, .name_check = checks::process_variable},
    key{.name = "required", .is = strings, .about = "When one of these is missing or empty nothing is sent at all.", .check = checks::variable_name},
    key{.name = "plain", .is = strings, .about = "Readable at the server, as globs; everything else is secret.", .check = checks::not_empty},
    key{.name = "empty", .is = word, .about = "What an empty value means.", .fallback = "\"refuse\"", .allowed = empty_words},
    key{.name = "override", .is = word, .about = "Which existing variables are overwritten.", .fallback = "\"managed\"", .allowed = managed_words},
    key{.name = "prune", .is = word, .about = "Which variables that no source has are deleted.", .fallback = "\"never\"", .allowed = managed_words},
    key{.name = "max_delete", .is = integer, .about = "More deletions than this: nothing is sent."},
    key{.name = "max_change", .is = share, .about = "More changes than this: nothing is sent."},
    key{.name = "allow_recreate", .is = flag, .about = "Secret to plain needs delete and create: a moment without the variable.", .fallback = "false"},
    key{.name = "rewrite_every", .is = duration_or_never, .about = "Overwrite secrets that nobody can compare.", .fallback = "\"never\"", .least = 60 * seconds},
    key{.name = "verify", .is = flag, .about = "Read back names and flags.", .fallback = "true"},
    key{.name = "on_drift", .is = word, .about = "What a change by others means.", .when = due::later},
    key{.name = "write", .is = word, .about = "Import or single calls.", .when = due::later},
};
constexpr shape env_sync{.keys = env_sync_keys};

// --- the job ---
constexpr std::array type_words{sv("trigger"), sv("batch"), sv("replay"), sv("env-sync")};
constexpr std::array type_later{sv("cancel"), sv("schedule-sync")};
constexpr std::array failure_words{sv("continue"), sv("stop")};
constexpr std::array overlap_words{sv("skip"), sv("queue"), sv("replace"), sv("allow")};
constexpr key timezone_key{.name = "timezone", .is = text, .about = "The zone of schedules that name none.", .check = checks::not_empty};
// `type` stands first and `timezone` last: [defaults.job] has the one, a job the other.
constexpr std::array common_keys{
    key{.name = "type", .is = word, .about = "What the job does.", .required = true, .allowed = type_words, .allowed_later = type_later},
    key{.name = "description", .is = text, .about = "For people.", .check = checks::plain_text},
    key{.name = "enabled", .is = flag, .about = "Whether its schedule fires.", .fallback = "true"},
    key{.name = "labels", .is = text_map, .about = "Words for people and metrics.", .check = checks::label_value, .name_check = checks::label_name},
    key{.name = "targets", .is = strings, .about = "Which targets: entries are OR, a comma is AND, a leading ! removes.", .required = true, .check = checks::selector_entry},
    key{.name = "allow_empty", .is = flag, .about = "No target is not an error.", .fallback = "false"},
    key{.name = "parallel", .is = integer, .about = "Targets worked on at once.", .fallback = "4", .least = 1, .most = 1'000},
    key{.name = "on_target_failure", .is = word, .about = "Whether the other targets still get their turn.", .fallback = "\"continue\"", .allowed = failure_words},
    key{.name = "timeout", .is = duration, .about = "Of one fire on one target, waiting included. The default holds for trigger and env-sync only.", .least = seconds, .most = 366 * days},
    key{.name = "retry", .is = table, .about = "How a failed fire is repeated.", .of = &retry_shape},
    key{.name = "overlap", .is = word, .about = "A fire while the last one still goes.", .fallback = "\"skip\"", .allowed = overlap_words},
    key{.name = "wait", .is = table, .about = "Wait for the runs.", .of = &wait},
    key{.name = "idempotency", .is = table, .about = "The key that keeps a run from being made twice.", .of = &idempotency},
    key{.name = "auth", .is = table, .about = "Another credential, base URL or branch for this job's writes.", .of = &auth},
    key{.name = "vars", .is = named, .about = "Parameters: {{ vars.X }}, triggerctl run JOB --var X=...", .of = &var, .name_check = checks::table_name},
    key{.name = "schedule", .is = table, .about = "When it fires; without one by hand only.", .of = &schedule_shape},
    key{.name = "extends", .is = strings, .about = "Templates.", .when = due::later},
    key{.name = "approve", .is = table, .about = "Who must agree first.", .when = due::later},
    key{.name = "lane", .is = word, .about = "Which share of the budget.", .when = due::later},
    key{.name = "after", .is = table, .about = "After other jobs.", .when = due::later},
    key{.name = "waves", .is = table, .about = "Group by group.", .when = due::later},
    key{.name = "single_flight", .is = table, .about = "Not while a run of ours still goes.", .when = due::later},
    key{.name = "require_deployment", .is = table, .about = "Hold until a version is current.", .when = due::later},
    key{.name = "notify", .is = strings, .about = "Whom to tell.", .when = due::later},
    timezone_key,
};
constexpr std::array kinds{
    shape::kind_of{"trigger", &trigger}, shape::kind_of{"batch", &batch}, shape::kind_of{"replay", &replay},
    shape::kind_of{"env-sync", &env_sync},
};

}  // namespace

constexpr shape job{.keys = std::span(common_keys).first<common_keys.size() - 1>(), .kind_key = "type", .kinds = kinds};
constexpr shape job_defaults{.keys = std::span(common_keys).subspan<1>()};
// clang-format on

}  // namespace triggerd::config
