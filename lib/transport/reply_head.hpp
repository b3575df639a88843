// Collects the header lines of a reply as curl hands them over. Pure.
#pragma once

#include "transport/transport.hpp"

#include <cstddef>
#include <string_view>

namespace triggerd::transport {

// Interim replies (1xx) are dropped, trailers are ignored: they come after the head's empty line. All lines count
// against the limit, so a server cannot drip interim replies for ever.
class reply_head {
 public:
  enum class step {
    more,        // read on
    whole,       // the final head is complete
    over_limit,  // stop reading
    malformed    // stop reading: where the body ends cannot be known
  };
  step line(std::string_view text);  // one line with its line end

  int status() const { return whole_ ? status_ : 0; }  // 0 before the head is whole
  bool is_whole() const { return whole_; }
  const headers& list() const { return list_; }
  headers take() { return std::move(list_); }

 private:
  bool is_interim() const { return status_ >= 100 && status_ < 200; }

  headers list_;
  int status_ = 0;
  bool whole_ = false;
  std::size_t bytes_ = 0;
};

}  // namespace triggerd::transport
