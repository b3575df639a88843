#include "sandbox/run_filter.hpp"

#include "base/text.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/dice.hpp"
#include "sandbox/spans.hpp"

#include <algorithm>
#include <array>

namespace triggerd::sandbox {

namespace {

bool one_of(const std::vector<std::string>& list, std::string_view word) {
  return list.empty() || std::find(list.begin(), list.end(), word) != list.end();
}

bool tagged(const std::vector<std::string>& wanted, const std::vector<std::string>& has) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& tag) {
           return std::binary_search(has.begin(), has.end(), tag);
         });
}

template <class Map, class Key>
const run_numbers& numbers_of(const Map& map, const Key& key) {
  static const run_numbers none;
  const auto at = map.find(key);
  return at == map.end() ? none : at->second;
}

template <class Map>
const run_numbers& merged(const Map& map, const std::vector<std::string>& keys, run_numbers& out) {
  if (keys.size() == 1) return numbers_of(map, keys.front());
  out.clear();
  for (const std::string& key : keys) {
    const run_numbers& more = numbers_of(map, key);
    out.insert(out.end(), more.begin(), more.end());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// What the filters of a query and of a bulk action's JSON have in common: a name and a text.
class filter_reader {
 public:
  filter_reader(const state& in, bool as_query) : in_(in), as_query_(as_query) {}

  void read(std::string_view name, const std::string& value) {
    if (value.empty()) return;
    if (name == "status") statuses(value);
    if (name == "taskIdentifier") out.tasks = listed(value);
    if (name == "version") out.versions = listed(value);
    if (name == "tag") out.tags = listed(value);
    if (name == "queue") out.queues = listed(value);
    if (name == "region") out.regions = listed(value);
    if (name == "machine") machines(value);
    if (name == "batch") out.batch = number_in("batch_", in_.seed, value).value_or(0);
    if (name == "bulkAction") out.bulk = number_in("bulk_", in_.seed, value).value_or(0);
    if (name == "schedule" || name == "error") out.none = true;
    if (name == "isTest") test(value);
    if (name == "from") date(name, value, out.from);
    if (name == "to") date(name, value, out.to);
    if (name == "period")
      if (const auto span = read_duration(value)) out.from = in_.now - *span;  // unreadable: ignored
  }

  run_filter out;
  std::optional<reply> trouble;

 private:
  void refuse_value(std::string_view name, std::string text) {
    if (trouble) return;
    const std::string path = as_query_ ? "filter[" + std::string(name) + ']' : "filter." + std::string(name);
    if (as_query_) trouble = query_error({{"code", "custom"}, {"message", text}, {"path", json::array({path})}});
    else trouble = refuse_body(text, path);
  }
  void statuses(const std::string& value) {
    std::vector<std::string> unknown;
    bool never = false;
    for (const std::string& word : listed(value)) {
      const auto status = read_any_status(word, never);
      if (status) out.statuses.insert(*status);
      else if (!never) unknown.push_back(word);
    }
    if (!unknown.empty()) refuse_value("status", "Invalid status values: " + text::join(unknown, ", "));
    else if (out.statuses.empty()) out.none = true;
  }
  void machines(const std::string& value) {
    out.machines = listed(value);
    for (const std::string& word : out.machines)
      if (!is_machine(word)) refuse_value("machine", "Invalid machine values: " + word);
  }
  void test(const std::string& value) {
    if (value != "true" && value != "false") return refuse_value("isTest", "Invalid isTest value: " + value);
    out.test = value == "true";
  }
  void date(std::string_view name, const std::string& value, std::optional<instant>& into) {
    into = read_date(value);
    if (!into) refuse_value("createdAt][" + std::string(name), "Invalid date");
  }

  const state& in_;
  bool as_query_;
};

std::variant<run_filter, reply> result_of(filter_reader& from) {
  if (from.trouble) return *from.trouble;
  return std::move(from.out);
}

std::string joined(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  if (value.is_object()) {  // a queue
    const std::string name = value.value("name", "");
    return value.value("type", "") == "task" ? "task/" + name : name;
  }
  std::string out;
  if (value.is_array())
    for (const json& part : value) out += (out.empty() ? "" : ",") + joined(part);
  return out;
}

}  // namespace

std::optional<run_status> read_any_status(std::string_view name, bool& never) {
  if (const auto status = read_status(name)) return status;
  if (name == "WAITING_FOR_DEPLOY") return run_status::pending_version;
  if (name == "REATTEMPTING") return run_status::executing;
  if (name == "INTERRUPTED") return run_status::failed;
  if (name == "DEQUEUED" || name == "WAITING" || name == "FROZEN") never = true;  // known, but nothing is ever so here
  return std::nullopt;
}

bool is_machine(std::string_view name) {
  constexpr std::array<std::string_view, 7> machines = {"micro",     "small-1x", "small-2x", "medium-1x",
                                                        "medium-2x", "large-1x", "large-2x"};
  return std::find(machines.begin(), machines.end(), name) != machines.end();
}

bool run_filter::empty() const {
  return statuses.empty() && tasks.empty() && versions.empty() && tags.empty() && queues.empty() && machines.empty() &&
         regions.empty() && !from && !to && !batch && !bulk && !test && !none;
}

bool run_filter::fits(const run& of, instant as_of) const {
  if (none || of.created > as_of) return false;
  if (from && of.created < *from) return false;
  if (to && of.created > *to) return false;
  const run_look as = look(of, as_of);
  if (!statuses.empty() && !statuses.contains(as.status)) return false;
  const run_input& input = *of.input;
  const std::string queue = input.queue.empty() ? "task/" + input.task : input.queue;
  const std::string_view version = as.started ? std::string_view(of.version) : std::string_view();
  return one_of(tasks, input.task) && one_of(versions, version) && tagged(tags, *of.tags) && one_of(queues, queue) &&
         one_of(machines, input.machine.empty() ? "small-1x" : input.machine) && one_of(regions, input.region) &&
         (!batch || of.batch == *batch) && (!bulk || of.bulk == *bulk) && (!test || input.test == *test);
}

const run_numbers& run_filter::candidates(const live_environment& in, run_numbers& scratch) const {
  if (none) return scratch;
  if (batch) return numbers_of(in.runs.by_batch, *batch);
  if (bulk) return numbers_of(in.runs.by_bulk, *bulk);
  if (!tags.empty()) return merged(in.runs.by_tag, tags, scratch);
  if (!tasks.empty()) return merged(in.runs.by_task, tasks, scratch);
  return in.runs.all;
}

std::variant<run_filter, reply> read_run_filter(const state& in, const target& from) {
  filter_reader reader(in, true);
  for (const auto& [name, value] : from.query) {
    if (name == "filter[createdAt][from]") reader.read("from", value);
    else if (name == "filter[createdAt][to]") reader.read("to", value);
    else if (name == "filter[createdAt][period]") reader.read("period", value);
    else if (name.starts_with("filter[") && name.ends_with(']')) {
      const std::string_view inner = std::string_view(name).substr(7, name.size() - 8);
      if (inner != "from" && inner != "to" && inner != "period") reader.read(inner, value);
    }
  }
  return result_of(reader);
}

std::variant<run_filter, reply> read_run_filter(const state& in, const json& from) {
  filter_reader reader(in, false);
  for (const auto& [name, value] : from.items()) reader.read(name, joined(value));
  return result_of(reader);
}

run_numbers select_runs(state& in, const live_environment& where, const run_filter& by) {
  run_numbers out, scratch;
  const run_numbers& candidates = by.candidates(where, scratch);
  for (auto at = candidates.rbegin(); at != candidates.rend(); ++at)
    if (by.fits(in.runs.at(*at), in.list_horizon())) out.push_back(*at);
  return out;
}

}  // namespace triggerd::sandbox
