// A kind on a bench: everything it may see, made of fakes, and its four functions called by hand.
#pragma once

#include "job/kind.hpp"
#include "store/memory_ledger.hpp"
#include "support/fake_target.hpp"
#include "support/scripted_transport.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::test {

// Files, programs and secrets by name; what is not there fails.
class fake_inputs final : public job::inputs {
 public:
  std::map<std::string, std::string> files, programs, secrets;
  std::vector<std::vector<std::string>> ran;

  result<std::unique_ptr<source::item_reader>> open_ndjson(const std::string&) override { return no_items(); }
  result<std::unique_ptr<source::item_reader>> open_csv(const std::string&, source::csv_format) override {
    return no_items();
  }
  result<std::unique_ptr<source::item_reader>> open_json(const std::string&) override { return no_items(); }
  result<job::file_stamp> stamp(const std::string&) override { return job::file_stamp{}; }
  result<std::string> read_file(const std::string& path, std::size_t) override { return text(files, path); }
  task<result<std::string>> run_program(spec::exec_spec what, cancellation&) override {
    ran.push_back(what.argv);
    co_return text(programs, what.argv.front());
  }
  task<result<secret>> read_secret(spec::value_source from, cancellation&) override {
    auto found = text(secrets, from.name);
    if (!found) co_return found.error();
    co_return secret(std::move(*found));
  }

 private:
  static result<std::unique_ptr<source::item_reader>> no_items() { return fail(codes::io, "no items here"); }
  static result<std::string> text(const std::map<std::string, std::string>& in, const std::string& name) {
    const auto found = in.find(name);
    if (found == in.end()) return fail(codes::io, "there is no " + name);
    return found->second;
  }
};

struct planned {
  std::vector<job::planned_action> actions;
  std::vector<job::plan_line> lines;  // of the plan and of its actions
  std::vector<std::string> notes;
  std::vector<store::memory_row> remembered;
  std::vector<std::pair<std::string, std::string>> forgotten;
  std::vector<milliseconds> waits;
  std::optional<error> trouble;

  bool has_note(std::string_view part) const {
    for (const auto& note : notes)
      if (note.find(part) != std::string::npos) return true;
    return false;
  }
  // "add NAME", "change NAME", ...
  std::vector<std::string> ops() const {
    std::vector<std::string> out;
    for (const auto& line : lines) out.push_back(line.op + " " + line.what);
    return out;
  }
};

class kind_bench {
 public:
  explicit kind_bench(spec::target_spec where = target_of("shop-prod")) : target(std::move(where)) {
    wire = std::make_shared<scripted_transport>();
    fire.id = "01j000000000000000000000aa";
    fire.job = "nightly";
    fire.due = time.now();
    job.name = "nightly";
    credential(spec::credential_kind::secret_key, "tr_prod_invented");
  }

  static spec::target_spec target_of(std::string name) {
    spec::target_spec out;
    out.name = std::move(name);
    out.project = "proj_shop";
    out.env = spec::environment::prod;
    out.retry = {.attempts = 3, .backoff_first = milliseconds(100), .backoff_most = milliseconds(100), .jitter = false};
    return out;
  }
  void credential(spec::credential_kind kind, std::string value) {
    auto key = std::make_shared<client::credential>();
    key->kind = kind;
    if (kind == spec::credential_kind::secret_key) key->env = target.env;
    key->value = secret(std::move(value));
    client::settings of;
    of.base_url = "http://api.test";
    of.project = target.project;
    of.env = target.env;
    of.branch = target.branch;
    of.key = std::move(key);
    place = std::make_shared<fake_target>(target, client::client(wire, time, random, std::move(of)));
  }

  job::leg_view leg() const { return {job, target, fire, attempt, identity, adopt, first_number}; }
  target::access access() { return place->access(cancel); }
  job::memory remembered() { return job::memory(ledger); }

  template <class T>
  T run(task<T> work) {
    std::optional<T> out;
    time.spawn(keep(std::move(work), out));
    time.run();
    REQUIRE(out.has_value());
    return std::move(*out);
  }

  // Every step of a plan, as the engine takes them. What the plan remembers is not written.
  planned plan() {
    view.emplace(leg());
    auto planner = run(kind->plan(*view, "", access(), remembered(), cancel));
    planned out;
    if (!planner) {
      out.trouble = planner.error();
      return out;
    }
    for (int i = 0; i < 10'000; ++i) {
      auto step = run((*planner)->next());
      if (!step) {
        out.trouble = step.error();
        return out;
      }
      if (!*step) return out;
      take(out, std::move(**step));
    }
    FAIL("the plan does not end");
    return out;
  }
  // The rows as the engine would write them, and what goes with them.
  std::vector<store::action_row> write(const planned& what) {
    std::vector<store::action_row> rows;
    for (const auto& action : what.actions) {
      store::action_row row = action.row;
      row.fire = fire.id;
      row.target = target.name;
      row.number = first_number + rows.size();
      row.attempt = attempt;
      row.intended = time.now();
      put(row);
      for (auto claim : action.remember) remember(std::move(claim));
      rows.push_back(std::move(row));
    }
    for (auto row : what.remembered) remember(std::move(row));
    for (const auto& [space, name] : what.forgotten) ledger.forget(space, name);
    return rows;
  }
  void put(const store::action_row& row) {
    store::leg_row leg;
    leg.fire = row.fire;
    leg.target = row.target;
    ledger.put(std::move(leg));
    ledger.put(row);
  }
  void remember(store::memory_row row) {
    row.owner = row.owner.empty() ? job.name : row.owner;
    row.fire = row.fire.empty() ? fire.id : row.fire;
    row.at = time.now();
    ledger.remember(row);
  }
  // What the engine does with an effect, as far as the kinds' memory goes.
  void settle(store::action_row& row, const job::effect& became) {
    if (became.run) row.run = *became.run;
    if (became.memo) row.memo = *became.memo;
    if (became.note) row.note = *became.note;
    if (became.code) row.code = *became.code;
    using job::effect_state;
    using store::action_state;
    if (became.state == effect_state::done) row.state = action_state::done;
    if (became.state == effect_state::failed) row.state = action_state::failed;
    if (became.state == effect_state::unknown) row.state = action_state::unknown;
    if (became.state == effect_state::waiting) row.state = action_state::waiting;
    put(row);
    for (auto kept : became.remember) remember(std::move(kept));
    for (const auto& [space, name] : became.forget) ledger.forget(space, name);
  }

  job::effect apply(store::action_row& row, const job::planned_action& from) {
    job::action_body body;
    if (!from.row.body.empty()) body.stored = std::make_shared<const std::string>(from.row.body);
    body.values = from.values;
    ++row.tries;
    view.emplace(leg());
    return run(kind->apply(*view, row, std::move(body), access()));
  }
  job::effect resolve(const store::action_row& row, bool restarted = false) {
    view.emplace(leg());
    return run(kind->resolve(*view, row, restarted, access(), remembered()));
  }
  job::observed observe(const std::vector<store::action_row>& waiting) {
    view.emplace(leg());
    return run(kind->observe(*view, std::span<const store::action_row>(waiting), access(), remembered()));
  }

  std::vector<std::string> asked() const {  // "GET /api/v1/runs?..."
    std::vector<std::string> out;
    for (const auto& request : wire->requests) out.push_back(request.method + " " + request.url.substr(15));
    return out;
  }
  nlohmann::json sent(std::size_t which) const {
    const auto& body = wire->requests.at(which).body;
    return body ? nlohmann::json::parse(*body) : nlohmann::json();
  }

  virtual_time time;
  seeded_random random{1};
  fake_inputs inputs;
  store::memory_disk disk;
  store::memory_ledger ledger{disk, time, time};
  cancellation cancel;
  std::shared_ptr<scripted_transport> wire;
  std::shared_ptr<fake_target> place;
  job::kind_world world{time, random, inputs, "a key of this installation"};
  std::unique_ptr<job::kind> kind;

  spec::job_spec job;
  spec::target_spec target;
  store::fire_row fire;
  int attempt = 1;
  std::string identity = "env_test";
  std::vector<std::string> adopt;
  std::uint64_t first_number = 0;
  std::optional<job::leg_view> view;

 private:
  template <class T>
  static task<> keep(task<T> work, std::optional<T>& out) {
    out.emplace(co_await std::move(work));
  }

  static void take(planned& into, job::plan_step step) {
    if (auto* action = std::get_if<job::planned_action>(&step)) {
      into.lines.insert(into.lines.end(), action->lines.begin(), action->lines.end());
      into.actions.push_back(std::move(*action));
    } else if (auto* note = std::get_if<job::plan_note>(&step)) {
      into.notes.push_back(std::move(note->text));
    } else if (auto* line = std::get_if<job::plan_line>(&step)) {
      into.lines.push_back(std::move(*line));
    } else if (auto* wait = std::get_if<job::plan_wait>(&step)) {
      into.waits.push_back(wait->how_long);
    } else if (auto* kept = std::get_if<job::planned_memory>(&step)) {
      into.remembered.insert(into.remembered.end(), kept->remember.begin(), kept->remember.end());
      into.forgotten.insert(into.forgotten.end(), kept->forget.begin(), kept->forget.end());
    }
  }
};

}  // namespace triggerd::test
