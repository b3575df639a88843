// HTTP/1.1: keep-alive, pipelined requests answered in order, bodies by length or in chunks, Expect: 100-continue.
#pragma once

#include "bench/origin/protocol.hpp"
#include "bench/origin/service.hpp"

namespace origin {

class http1 final : public protocol {
 public:
  http1(wire& under, service& api) : protocol(under), api_(api) {}

  bool take(std::string_view bytes) override;
  void write(int stream, reply what) override;
  bool is_over() const override { return over_; }

 private:
  enum class part { head, body, chunk_size, chunk, chunk_end, trailer, reply, broken };

  bool step(std::string_view& rest);
  bool read_head(std::string_view& rest);
  bool read_line_of_chunks(std::string_view& rest);
  void read_header(std::string_view line);
  void begin();
  void finish();

  service& api_;
  request asked_;
  std::string held_;
  part now_ = part::head;
  std::uint64_t left_ = 0;  // bytes of the body or the chunk
  bool chunked_ = false, expects_ = false, over_ = false;
};

}  // namespace origin
