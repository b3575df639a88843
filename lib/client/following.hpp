// Reading a channel of a session or a stream of a run as it grows: one subscription over as many connections as it takes
// (contract API.md 16.6, 5.4).
#pragma once

#include "api/channel_records.hpp"
#include "client/retrying_client.hpp"

#include <functional>
#include <string>

namespace triggerd::client {

struct followed {
  std::string position;  // of the last record: what a later subscription resumes after; empty: there was none
};

// Called on the loop for each record, in order and once; false: enough. It must not call the client.
using record_reader = std::function<bool(const api::channel_record&)>;

// `subscription` from api::subscribe_channel() or api::read_stream(). Ends when the server ends the stream, which it does
// after the timeout that the subscription asked for; when the reader has enough; with base.cancelled when the handle was
// stopped; and with the server's refusal. Whatever breaks in between is asked for again, after the last record.
task<api::answer<followed>> follow(retrying_client by, api::call subscription, record_reader tell);

}  // namespace triggerd::client
