// Batches in a single request, for servers without the two phases of batches.hpp: there POST /api/v3/batches is
// api.not-found (contract API.md 11.7). Items are what batch_item() makes.
#pragma once

#include "api/batches.hpp"
#include "api/operation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct batch_request {
  std::vector<std::string> items;  // 1 to limits::batch_items_v2; together at most limits::batch_body_v2 bytes
  bool keyed = false;              // every item has an idempotency key: repeating the request is harmless
  std::string parent_run;          // inside a task: its run
  bool resume_parent = false;      // the parent waits for the batch; needs `parent_run`
};

// POST /api/v2/tasks/batch: runs are made later, as retrieve_batch() tells.
result<operation<created_batch>> request_batch(const batch_request& what);

struct requested_run {
  std::string id, task, key;
  bool cached = false;
};
struct requested_batch {
  std::string id;
  bool cached = false;
  std::vector<requested_run> runs;  // in the order of the items; only the id is known in the oldest form
};
// POST /api/v1/tasks/batch: the same, and the runs at once.
result<operation<requested_batch>> request_batch_v1(const batch_request& what);
// POST /api/v1/tasks/{task}/batch, the oldest: items without a task (batch_item with an empty one), at most
// limits::batch_items_v1 and limits::batch_body_v1 bytes. It takes no parent.
result<operation<requested_batch>> request_task_batch(std::string_view task, const batch_request& what);

}  // namespace triggerd::api
