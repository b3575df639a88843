// Queues (contract API.md 18). An environment on the server's older engine answers 400.
#pragma once

#include "api/operation.hpp"
#include "api/paging.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

// How a queue is named: by its id, as the queue of a task, or by its own name.
struct queue_reference {
  enum class form { id, task, custom };
  form type = form::id;
  std::string name;  // "queue_...", a task id, or a name; it may hold "/"
};
// "id", "task" or "custom".
std::string_view name(queue_reference::form type);
// As the filter of run lists wants it: "task/NAME" or "NAME". An id cannot be filtered by.
std::string filter_text(const queue_reference& queue);

struct queue_view {
  std::string id, name;  // without "task/"
  std::string type;      // "task", "custom"
  std::string version;   // "V2"; empty: "V1"
  std::uint64_t running = 0, queued = 0;
  bool paused = false;                 // takes triggers all the same
  std::optional<std::uint64_t> limit;  // of what runs at once; unset: the environment's
  std::optional<std::uint64_t> base_limit, override_limit;
  std::optional<double> override_percent;  // of the environment's limit
  std::optional<instant> overridden;
  std::string overridden_by;
};
struct queue_page : page_numbers {
  std::vector<queue_view> queues;
};
operation<queue_page> list_queues(const page_request& which);  // 25 per page unless it says more

// All of these: api.bad-argument for a name that is empty or holds control characters.
result<operation<queue_view>> retrieve_queue(const queue_reference& queue);
result<operation<queue_view>> pause_queue(const queue_reference& queue);
result<operation<queue_view>> resume_queue(const queue_reference& queue);
// Until it is reset, whatever the task's code says. At most limits::concurrency_limit; 0: nothing starts.
result<operation<queue_view>> override_queue_limit(const queue_reference& queue, std::uint32_t limit);
// The same as a share of the environment's limit: more than 0, at most 100.
result<operation<queue_view>> override_queue_percent(const queue_reference& queue, double percent);
// A queue that is not overridden is refused with 400.
result<operation<queue_view>> reset_queue_limit(const queue_reference& queue);

}  // namespace triggerd::api
