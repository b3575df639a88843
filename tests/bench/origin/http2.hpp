// HTTP/2, by prior knowledge or after TLS agreed on it.
#pragma once

#include "bench/origin/protocol.hpp"
#include "bench/origin/service.hpp"

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace origin {

inline constexpr std::string_view http2_greeting = "PRI * HTTP/2";

class http2 final : public protocol {
 public:
  http2(wire& under, service& api, std::uint32_t most_streams);
  ~http2() override;

  bool take(std::string_view bytes) override;
  void write(int stream, reply what) override;
  bool is_over() const override;

 private:
  struct exchange {
    request asked;
    reply answered;
    std::size_t sent = 0;
  };

  static http2& of(void* me) { return *static_cast<http2*>(me); }
  static int on_begin(nghttp2_session*, const nghttp2_frame* frame, void* me);
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* me);
  static int on_data(nghttp2_session*, std::uint8_t, int stream, const std::uint8_t* data, std::size_t size, void* me);
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* me);
  static int on_close(nghttp2_session*, int stream, std::uint32_t, void* me);
  static ssize_t read_body(nghttp2_session*, int, std::uint8_t* to, std::size_t room, std::uint32_t* flags,
                           nghttp2_data_source* from, void*);

  exchange* find(int stream);
  bool collect();

  service& api_;
  nghttp2_session* session_ = nullptr;
  std::unordered_map<int, std::unique_ptr<exchange>> exchanges_;
};

}  // namespace origin
