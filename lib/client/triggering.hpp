// Triggering as a program wants it: payloads that are too large for the request go to the object store first, what runs
// on behalf of a task carries its context, and a batch is created, streamed and sealed, or reported.
//
// Options have no default arguments: GCC 12 destroys a braced temporary twice in an expression with co_await. Name such
// values on a line before, as with every call of this library.
#pragma once

#include "api/batches.hpp"
#include "api/payload.hpp"
#include "api/run_options.hpp"
#include "base/secret.hpp"
#include "client/retrying_client.hpp"

#include <memory>
#include <string>
#include <vector>

namespace triggerd::client {

struct started_run {
  std::string id;                 // "run_..."
  bool cached = false;            // the key already had a run that has not failed
  std::shared_ptr<secret> token;  // reads that run, for an hour; null when the server gave none
};
// `payload` from api::pack(), api::pack_nothing() or api::pack_superjson(). Errors before anything is sent are
// api.bad-argument; of an upload: the store's.
task<api::answer<started_run>> trigger(retrying_client by, std::string task, api::packed_payload payload,
                                       api::run_options options);
task<api::answer<started_run>> trigger(retrying_client by, std::string task, api::packed_payload payload);

struct batch_item {
  std::string task;
  api::packed_payload payload;
  api::run_options options;
};
struct batch_options {
  api::idempotency_key key;  // of the batch; items without a key get one of its words and their index
  std::optional<milliseconds> key_ttl;
  bool words_of_key = true;  // send them along, for people to see
};
struct started_batch {
  std::string id;  // "batch_..."
  std::uint64_t run_count = 0;
  bool cached = false;  // the key already had a batch, and nothing was streamed
  std::shared_ptr<secret> token;
};
// At most limits::batch_items items. api.unsealed when the server never had them all: the batch stays open and starts
// nothing; the words name it and say how many it had.
task<api::answer<started_batch>> trigger_batch(retrying_client by, std::vector<batch_item> items,
                                               batch_options options);
task<api::answer<started_batch>> trigger_batch(retrying_client by, std::vector<batch_item> items);

}  // namespace triggerd::client
