// Batches: announced, filled item by item, sealed, made into runs, finished with the last of them.
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/run_store.hpp"

#include <deque>
#include <map>

namespace triggerd::sandbox {

struct state;

struct batch_item {
  std::size_t index = 0;
  json body;              // task, payload, options
  bool oversize = false;  // accepted, and a failed run later
};

struct batch_error {
  std::size_t index = 0;
  std::string task, text, code;
  std::size_t count = 1;  // items that failed with the same words
};

enum class batch_phase : std::uint8_t { open, processing, running, completed, aborted };

struct batch {
  std::uint64_t number = 0;
  live_environment* where = nullptr;
  instant created{}, updated{};
  std::optional<instant> processed;
  std::size_t announced = 0;
  std::string key;
  batch_phase phase = batch_phase::open;
  std::uint32_t generation = 0;
  bool tried = false;  // its items, once
  std::vector<bool> got;
  std::size_t accepted = 0;
  std::size_t attempts = 0;                   // of its items
  std::vector<batch_item> items;              // until they are runs
  std::map<std::size_t, std::uint64_t> runs;  // by index, created so far
  std::vector<std::uint64_t> shown;           // when processing has ended
  std::vector<batch_error> errors;
  std::size_t failed = 0;      // items without a run
  std::size_t unfinished = 0;  // runs
};

class batch_store {
 public:
  batch& create(state& in, live_environment& where, std::size_t announced, const std::string& key);
  bool add(state& in, batch& to, batch_item item);  // false when its index is there already
  void log_items(state& in, const batch& to, std::size_t accepted);
  void seal(state& in, batch& one, milliseconds wait);
  void make_now(state& in, batch& one);  // the oldest endpoints do not process behind the reply
  void due(state& in, batch& one);
  void run_finished(std::uint64_t number, instant at);

  batch* find(std::string_view id, std::uint64_t seed);
  batch& at(std::uint64_t number) { return batches_[number - 1]; }
  static std::string id_of(const batch& one, std::uint64_t seed);
  static std::string_view status_of(const batch& one);

 private:
  // Makes a run of every item that can be one; the rest stay in items.
  void trigger_items(state& in, batch& one);
  void trigger_item(state& in, batch& one, batch_item item, std::vector<batch_item>& bad);
  void give_up(state& in, batch& one);
  void end_processing(state& in, batch& one);
  void follow(state& in, batch& one, std::size_t index, std::uint64_t run);

  std::deque<batch> batches_;
};

}  // namespace triggerd::sandbox
