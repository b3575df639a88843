// What was intended, sent and learnt. The engine knows this interface; SQLite keeps it in the daemon, and a ledger that
// can lose unsynced rows keeps it in the simulation.
//
// Writes are queued in order and grouped into commits. `commit()` completes when everything written before it is
// durable. Nothing leaves for the network before the commit of its intent has completed. Reads see every write that was
// queued before them. Single-threaded on the loop's side; the coroutine resumes on the loop.
#pragma once

#include "base/async.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace triggerd::store {

enum class fire_state { running, queued, done, failed, unknown, cancelled, skipped };
enum class leg_state { pending, running, done, failed, unknown, cancelled, skipped };
enum class action_state {
  intended,  // durable; may or may not have been sent
  waiting,   // its effect is known and settling is watched (wait, in_flight)
  done,
  failed,     // the server, or a check of ours, refused it for good
  unknown,    // may or may not have had its effect, and nobody can be asked
  cancelled,  // given up before it was sent
};

std::string_view name(fire_state s);
std::string_view name(leg_state s);
std::string_view name(action_state s);

// One firing of a job.
struct fire_row {
  std::string id;  // sorts by time
  std::string job;
  std::string kind;   // "trigger", "batch", "replay", "env-sync"
  std::string cause;  // "schedule", "catch-up", "start", "manual", "retry"
  std::string by;     // who, of a hand-made run
  instant due{};      // the nominal instant, or the moment it was asked for
  instant created{};
  std::optional<instant> ended;
  std::string spec;  // the resolved job as JSON; holds no secret
  std::string vars;  // values of a hand-made run, JSON object
  fire_state state = fire_state::running;
  std::string note;  // error or reason, one line

  friend bool operator==(const fire_row&, const fire_row&) = default;
};

// The part of a fire on one target. While it goes on, `done` may stand behind what done_actions() says,
// and requests and retries behind what was sent.
struct leg_row {
  std::string fire;
  std::string target;
  std::string identity;  // proved environment id (and branch) at its start; empty before
  leg_state state = leg_state::pending;
  int attempt = 1;       // of the fire on this target
  std::string memo;      // the kind's own position, JSON; small
  bool planned = false;  // every action of this attempt stands in the ledger
  std::uint64_t actions = 0, done = 0, failed = 0, unknown = 0;
  std::uint64_t items = 0, rejected = 0;
  std::uint64_t requests = 0, retries = 0;
  std::optional<instant> started, ended;
  std::string note;

  friend bool operator==(const leg_row&, const leg_row&) = default;
};

// One remote effect inside a leg.
struct action_row {
  std::string fire;
  std::string target;
  std::uint64_t number = 0;  // within fire and target, from 0
  int attempt = 1;           // the leg's attempt it belongs to
  std::string kind;          // "trigger", "chunk", "replay", "bulk-replay", "import", "delete"
  std::string subject;       // for people: task, names, ids; never a value
  std::string key;           // the idempotency key that is sent, stored, never recomputed
  std::string body;          // what is sent; emptied at acknowledgement
  std::string spool;         // or the name of its spool file
  std::uint64_t items = 0;
  std::string memo;  // the kind's own notes, JSON: batch id, bulk id, run id
  action_state state = action_state::intended;
  int tries = 0;  // attempts on the wire
  instant intended{};
  std::optional<instant> settled;
  std::string run;   // run, batch or bulk id that came of it
  std::string code;  // error code, when failed or unknown
  std::string note;  // one line for people; "repeated-after-failure" stands here

  friend bool operator==(const action_row&, const action_row&) = default;
};

// Something a job remembers beyond a fire: a sent item key, a replayed run, an owned variable.
struct memory_row {
  std::string space;  // "items:JOB:TARGET", "replayed:JOB:TARGET", "vars:IDENTITY", ...
  std::string name;
  std::string value;  // JSON, or a digest; never a secret
  std::string owner;  // job
  std::string fire;
  instant at{};

  friend bool operator==(const memory_row&, const memory_row&) = default;
};

// What of an action changes when it moves on. Unset fields stay.
struct action_change {
  std::string fire;
  std::string target;
  std::uint64_t number = 0;
  std::optional<action_state> state;
  std::optional<int> tries;
  std::optional<std::string> memo, run, code, note, key, body;
  bool drop_body = false;  // acknowledged: body and spool are no longer needed
  std::optional<instant> settled;
};

struct forget_memory {
  std::string space;
  std::string name;
};

// One setting: "last:JOB", "clock", ...
struct setting_row {
  std::string name;
  std::string value;
};

template <class T>
using shared = std::shared_ptr<const T>;

// One write: a fire by its id, a leg by (fire, target), an action by (fire, target, number), a memory by (space, name), a
// setting by its name; each is inserted or replaced. A leg is written before its first action. A write never changes once
// made, so that the engine, which keeps it until it is durable, and the writer's thread share it.
using write = std::variant<shared<fire_row>, shared<leg_row>, shared<action_row>, shared<action_change>,
                           shared<memory_row>, shared<forget_memory>, shared<setting_row>>;

// A ledger that turns out to be a copy (a restored backup, a move to another house) bears these settings, each an ISO
// instant: whatever was intended until the first may have been sent, though no row says so; the second is the last
// instant the copy knows of.
inline constexpr const char* restored_setting = "restored";
inline constexpr const char* restored_known_setting = "restored.known";

struct fire_filter {
  std::string job, target, state;  // empty: any
  std::string before;              // ids strictly smaller: the next page
  std::size_t most = 50;
};

// When a fire of the job last ended in this state.
struct job_end {
  std::string job;
  fire_state state = fire_state::done;
  instant ended{};
};

struct ledger_health {
  bool writable = true;
  std::string trouble;  // in words, when not
  std::optional<instant> since;
  std::uint64_t commits = 0;
  std::uint64_t rows = 0;
  std::uint64_t queued = 0;  // writes not yet durable
  std::uint64_t last_commit_us = 0;
};

// Whatever takes writes, in order.
class write_queue {
 public:
  virtual ~write_queue() = default;

  virtual void add(write what) = 0;

  void put(fire_row row) { add(std::make_shared<const fire_row>(std::move(row))); }
  void put(leg_row row) { add(std::make_shared<const leg_row>(std::move(row))); }
  void put(action_row row) { add(std::make_shared<const action_row>(std::move(row))); }
  void change(action_change what) { add(std::make_shared<const action_change>(std::move(what))); }
  void remember(memory_row row) { add(std::make_shared<const memory_row>(std::move(row))); }
  void forget(std::string space, std::string name) {
    add(std::make_shared<const forget_memory>(forget_memory{std::move(space), std::move(name)}));
  }
  void set(std::string name, std::string value) {
    add(std::make_shared<const setting_row>(setting_row{std::move(name), std::move(value)}));
  }
};

// Writes are durable after the next commit().
class ledger : public write_queue {
 public:
  // Completes when all writes queued before are durable; an error when the disk refused: nothing of them counts then,
  // and every later write fails too until health() says writable again.
  virtual task<result<>> commit() = 0;

  // --- reads ---
  virtual task<result<std::vector<fire_row>>> unfinished_fires() = 0;        // running and queued, oldest first
  virtual task<result<std::vector<fire_row>>> fires(fire_filter which) = 0;  // newest first, spec left empty
  virtual task<result<std::optional<fire_row>>> fire(std::string id) = 0;
  virtual task<result<std::vector<leg_row>>> legs(std::string fire) = 0;
  // From number `from`, at most `most`; only unsettled ones when asked, which looks through all from there.
  virtual task<result<std::vector<action_row>>> actions(std::string fire, std::string target, std::uint64_t from,
                                                        std::size_t most, bool unsettled_only) = 0;
  // How many actions of that attempt of a leg are done. Looks through all of the leg.
  virtual task<result<std::uint64_t>> done_actions(std::string fire, std::string target, int attempt) = 0;
  // The one intended last that a run, batch or bulk action came of. Looks through all actions: a person's question.
  virtual task<result<std::optional<action_row>>> action_behind(std::string run) = 0;
  virtual task<result<std::vector<memory_row>>> recall(std::string space, std::vector<std::string> names) = 0;
  virtual task<result<std::vector<memory_row>>> recall_all(std::string space, std::string after, std::size_t most) = 0;
  virtual task<result<std::optional<std::string>>> get(std::string name) = 0;
  virtual task<result<std::map<std::string, std::string>>> settings(std::string prefix) = 0;  // by whole name
  // Of every job, for each of done, failed and unknown.
  virtual task<result<std::vector<job_end>>> last_ends() = 0;
  // The spool files that rows still point to, in order: what a sweep at start must spare.
  virtual task<result<std::vector<std::string>>> spooled() = 0;

  virtual ledger_health health() const = 0;
};

// Bodies too large for a row, one file each. Write the file first, then the row that names it; remove the file only
// after the commit that dropped the name. Names are ours: letters, digits, '-', '_' and '.', not starting with a dot.
class spool {
 public:
  virtual ~spool() = default;

  // Completes when file and name are durable. store.spool-full when the bound on all bodies together is reached,
  // store.disk when the disk refused; no file is left behind then. An existing name is replaced.
  virtual task<result<>> write(std::string name, std::shared_ptr<const std::string> body) = 0;
  virtual task<result<std::string>> read(std::string name) = 0;  // store.no-spool-file when there is none
  virtual task<result<>> remove(std::string name) = 0;           // a missing file is fine
  // Removes every file not named; returns how many went.
  virtual task<result<std::size_t>> sweep(std::vector<std::string> keep) = 0;
  virtual std::uint64_t bytes() const = 0;  // of all bodies together
};

}  // namespace triggerd::store
