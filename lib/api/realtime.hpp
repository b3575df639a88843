// Watching runs as they change (contract API.md 15): one subscription as a state machine over long polls. Pure.
#pragma once

#include "api/operation.hpp"
#include "api/runs.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::api {

// A payload or an output as it stands in a row.
struct realtime_packet {
  std::string type;   // "application/json", "application/super+json", "text/plain", "application/store"
  std::string value;  // JSON text of the plain value; empty: none, or in the store
  std::string store;  // its path, for get_packet(); empty: not there
};

struct realtime_run {
  std::string id;      // "run_..."
  std::string row_id;  // the server's own
  std::string task;
  std::string status;  // in the words of retrieve_run()
  std::optional<instant> created, updated, started, delayed_until, queued, expired, completed;
  std::optional<std::int64_t> number, usage_ms;
  std::optional<double> cost_cents, base_cost_cents;
  bool test = false;
  std::string ttl, idempotency_key;
  realtime_packet payload, output, metadata;
  std::vector<std::string> tags, streams;
  std::string error;  // JSON text; empty: none

  run_phase phase() const;  // as run_view's; an instant of completion ends a run of an unknown status
  // A terminal status, or an instant of completion.
  bool ended() const;
};

class run_subscription {
 public:
  run_subscription(run_subscription&&) noexcept;
  run_subscription& operator=(run_subscription&&) noexcept;
  ~run_subscription();

  // `skip_columns`: of the row, left out by the server ("payload", "output", ...).
  static run_subscription of_run(std::string_view run, const std::vector<std::string>& skip_columns = {});
  static run_subscription of_batch(std::string_view batch, const std::vector<std::string>& skip_columns = {});
  // Runs that have all these tags. `created_at` looks back ("1h"), at most and by default a day.
  static run_subscription with_tags(const std::vector<std::string>& tags, std::string_view created_at = {},
                                    const std::vector<std::string>& skip_columns = {});

  // Held by the server for some 20 seconds until something changes.
  call next_request() const;

  // A reply of 2xx or 409 to it; all others are failures that classify() reads. Gives the runs that changed, once each,
  // when the server says that this is all for now; never half of a change. api.unreadable for what is no such reply, and
  // base.limit for more runs than limits::subscribed_runs: the subscription is of no use then.
  result<std::vector<realtime_run>> take(const transport::response& reply);

  // Of a single run that was seen to end. The others never do.
  bool ended() const { return ended_; }

 private:
  struct rows;  // the rows so far, as JSON

  run_subscription(std::string_view endpoint, std::string part,
                   std::vector<std::pair<std::string, std::string>> filters);
  void start_again(std::string handle);
  result<void> take_messages(const std::string& body);
  result<std::vector<realtime_run>> publish();

  std::string endpoint_, part_;
  std::vector<std::pair<std::string, std::string>> filters_;
  std::string offset_ = "-1", handle_, cursor_;
  bool live_ = false;  // everything is known: the next request waits for a change
  bool ended_ = false;
  std::unique_ptr<rows> rows_;
};

}  // namespace triggerd::api
