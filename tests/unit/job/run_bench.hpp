// A kind that makes runs, stepped by hand: a leg, its target on a scripted wire, made-up files and programs, a ledger in
// memory.
#pragma once

#include "job/kind.hpp"
#include "source/byte_stream.hpp"
#include "source/csv.hpp"
#include "source/json_array.hpp"
#include "source/ndjson.hpp"
#include "store/memory_ledger.hpp"
#include "support/fake_target.hpp"
#include "support/scripted_transport.hpp"
#include "support/shown_result.hpp"
#include "support/virtual_time.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace triggerd::test {

class made_up_inputs final : public job::inputs {
 public:
  std::map<std::string, std::string> files;
  std::map<std::string, std::int64_t> modified;  // else 1
  std::function<result<std::string>(const spec::exec_spec&)> program;
  std::function<std::unique_ptr<source::item_reader>()> reader;  // instead of a file's
  std::vector<std::vector<std::string>> ran;

  result<std::unique_ptr<source::item_reader>> open_ndjson(const std::string& path) override {
    if (reader) return reader();
    auto text = stream(path);
    if (!text) return text.error();
    return source::read_ndjson(std::move(*text));
  }
  result<std::unique_ptr<source::item_reader>> open_csv(const std::string& path, source::csv_format how) override {
    auto text = stream(path);
    if (!text) return text.error();
    return source::read_csv(std::move(*text), std::move(how));
  }
  result<std::unique_ptr<source::item_reader>> open_json(const std::string& path) override {
    auto text = stream(path);
    if (!text) return text.error();
    return source::read_json_array(std::move(*text));
  }
  result<job::file_stamp> stamp(const std::string& path) override {
    if (reader) return job::file_stamp{1, 1};
    const auto found = files.find(path);
    if (found == files.end()) return missing(path);
    return job::file_stamp{found->second.size(), modified.contains(path) ? modified.at(path) : 1};
  }
  result<std::string> read_file(const std::string& path, std::size_t most) override {
    const auto found = files.find(path);
    if (found == files.end()) return missing(path);
    if (found->second.size() > most) return fail(triggerd::codes::limit, path + " is too large");
    return found->second;
  }
  task<result<std::string>> run_program(spec::exec_spec what, cancellation&) override {
    ran.push_back(what.argv);
    if (!program) co_return fail(triggerd::codes::io, "there is no such program");
    co_return program(what);
  }
  task<result<secret>> read_secret(spec::value_source, cancellation&) override {
    co_return fail(triggerd::codes::io, "there is no such secret");
  }

 private:
  static error missing(const std::string& path) { return fail(triggerd::codes::io, path + " is not there"); }
  result<std::unique_ptr<source::byte_stream>> stream(const std::string& path) {
    const auto found = files.find(path);
    if (found == files.end()) return missing(path);
    return source::open_text(found->second, path);
  }
};

// Everything one planner gave.
struct planned_leg {
  std::vector<job::planned_action> actions;
  std::vector<job::planned_reject> rejects;
  std::vector<std::string> notes;
  std::optional<error> failed;
};

class run_bench {
 public:
  virtual_time time;
  seeded_random random{7};
  std::shared_ptr<scripted_transport> wire = std::make_shared<scripted_transport>();
  made_up_inputs inputs;
  store::memory_disk disk;
  store::memory_ledger ledger{disk, time, time};
  spec::job_spec job;
  spec::target_spec shop;
  store::fire_row fire;
  cancellation cancel;
  std::shared_ptr<fake_target> target;
  job::kind_world world{time, random, inputs, "digest"};
  std::unique_ptr<job::kind> kind;
  int attempt = 1;
  std::uint64_t first_number = 0;
  std::string earlier;  // where the attempt before stood

  run_bench() {
    job.name = "nightly";
    shop.name = "shop-prod";
    shop.labels["app"] = "shop";
    fire.id = "01fire";
    fire.job = job.name;
    fire.cause = "schedule";
    fire.due = time.now();
    fire.vars = "{}";
    target = std::make_shared<fake_target>(shop, fake_client(wire, time, random));
  }

  const job::leg_view& leg() {
    leg_.emplace(job::leg_view{job, shop, fire, attempt, "env_test", {}, first_number, earlier});
    return *leg_;
  }

  template <class T>
  T run(task<T> what) {
    std::optional<T> out;
    asio::co_spawn(time.loop(), std::move(what), [&out](std::exception_ptr failure, T value) {
      if (failure) std::rethrow_exception(failure);
      out.emplace(std::move(value));
    });
    time.run();
    REQUIRE(out.has_value());
    return std::move(*out);
  }

  result<std::unique_ptr<job::planner>> planner(const std::string& position = {}) {
    return run(kind->plan(leg(), position, target->access(cancel), job::memory(ledger), cancel));
  }

  planned_leg plan(const std::string& position = {}) {
    planned_leg out;
    auto made = planner(position);
    if (!made) {
      out.failed = made.error();
      return out;
    }
    for (;;) {
      auto step = run((*made)->next());
      if (!step) {
        out.failed = step.error();
        return out;
      }
      if (!*step) return out;
      take(out, std::move(**step));
    }
  }

  // The only action of a plan, as the engine would store it.
  store::action_row only_action() {
    auto all = plan();
    REQUIRE_MESSAGE(!all.failed, all.failed.value_or(error()).describe());
    REQUIRE(all.actions.size() == 1);
    return stored(all.actions.front().row);
  }
  store::action_row stored(store::action_row row) {
    row.fire = fire.id;
    row.target = shop.name;
    row.intended = time.now();
    return row;
  }

  job::effect apply(store::action_row& row) {
    ++row.tries;
    job::action_body body;
    body.stored = std::make_shared<const std::string>(row.body);
    job::effect out = run(kind->apply(leg(), row, body, target->access(cancel)));
    note(row, out);
    return out;
  }
  job::effect resolve(store::action_row& row, bool restarted) {
    job::effect out = run(kind->resolve(leg(), row, restarted, target->access(cancel), job::memory(ledger)));
    note(row, out);
    return out;
  }
  job::observed observe(std::vector<store::action_row>& rows) {
    job::observed out = run(kind->observe(leg(), rows, target->access(cancel), job::memory(ledger)));
    for (const auto& change : out.changes)
      for (store::action_row& row : rows)
        if (row.number == change.number) note(row, change.what);
    return out;
  }

  const net::request& asked(std::size_t back = 0) const { return wire->requests.at(wire->requests.size() - 1 - back); }
  nlohmann::json asked_body(std::size_t back = 0) const { return nlohmann::json::parse(*asked(back).body); }

  // A run as the server shows it, and a page of them.
  void wait_for(spec::wait_spec::goal until, milliseconds timeout = milliseconds(0), bool cancels = false) {
    job.wait.until = until;
    if (timeout.count() > 0) job.wait.timeout = timeout;
    job.wait.cancel_on_timeout = cancels;
  }
  static std::string shown_run(const std::string& id, const std::string& status, const std::string& key = {}) {
    nlohmann::json run{{"id", id},
                       {"status", status},
                       {"taskIdentifier", "report"},
                       {"tags", nlohmann::json::array()},
                       {"createdAt", "2026-11-24T02:24:30.291Z"}};
    if (!key.empty()) run["idempotencyKey"] = key;
    if (status == "FAILED") run["error"] = {{"message", "it broke"}};
    return run.dump();
  }
  static std::string shown_runs(const std::vector<std::string>& runs, const std::string& next = {}) {
    std::string out = R"({"data":[)";
    for (const auto& run : runs) out += (out.back() == '[' ? "" : ",") + run;
    return out + R"(],"pagination":)" + (next.empty() ? "{}" : R"({"next":")" + next + R"("})") + '}';
  }

 private:
  static void take(planned_leg& out, job::plan_step step) {
    if (auto* action = std::get_if<job::planned_action>(&step)) out.actions.push_back(std::move(*action));
    else if (auto* reject = std::get_if<job::planned_reject>(&step)) out.rejects.push_back(std::move(*reject));
    else if (auto* said = std::get_if<job::plan_note>(&step)) out.notes.push_back(said->text);
  }
  // As the engine keeps what an effect says.
  void note(store::action_row& row, const job::effect& what) {
    if (what.run) row.run = *what.run;
    if (what.memo) row.memo = *what.memo;
    if (what.key) row.key = *what.key;
    for (const auto& kept : what.remember) ledger.remember(kept);
  }

  std::optional<job::leg_view> leg_;
};

}  // namespace triggerd::test
