// What an exchange says about the buckets it was charged to. Pure.
#pragma once

#include "client/client.hpp"
#include "spec/endpoint.hpp"
#include "target/meter.hpp"

#include <string_view>

namespace triggerd::target {

struct reply_words {
  meter::reply request;  // for the API or management bucket
  meter::reply items;    // for the batch bucket
};

// A batch 429 carries every header twice: the API's first, then the batch limiter's, and that one refused it. Any other
// 429 is the first bucket's, unless its own header says that something remained.
reply_words words_of(const client::exchange& seen, const spec::endpoint& of);

// "ok", or the name of its api::failure_kind.
std::string_view outcome_word(const client::exchange& seen);

}  // namespace triggerd::target
