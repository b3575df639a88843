// A channel as its readers get it: as server-sent events that go on, or as what is there now.
#pragma once

#include "sandbox/call.hpp"
#include "sandbox/channel.hpp"

namespace triggerd::sandbox {

// Reads Last-Event-ID, Timeout-Seconds, X-Peek-Settled and X-Trigger-Stream-Start. `settled`: nothing is pending.
reply stream_of(const state& in, const call& from, const channel& of, stream_version version,
                std::optional<bool> settled);
// Reads afterEventId.
reply records_of(const call& from, const channel& of);

reply plain_text(int status, std::string_view words);
// A raw record; 413 beyond 1 MiB or without Content-Length, in the words of append.
std::optional<reply> bad_record(const call& from);
reply append_refused(int status, std::string_view words);  // {"ok":false,"error":words}

}  // namespace triggerd::sandbox
