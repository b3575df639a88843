// The server's side of an HTTP/2 connection in cleartext, by hand: just enough to break every rule of it.
//
//   test::raw_server server([](auto& c) {
//     test::http2_server h2(c);
//     while (const auto asked = h2.read_request()) h2.answer(asked->stream, 200, asked->body);
//   });
//
// Each request whose headers arrived is in server.requests(), with what arrived of its body when it was read.
#pragma once

#include "support/raw_server.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace triggerd::test {

class http2_server {
 public:
  enum class kind : std::uint8_t {
    data = 0,
    headers = 1,
    rst_stream = 3,
    settings = 4,
    ping = 6,
    goaway = 7,
    window_update = 8
  };
  enum class setting : std::uint16_t { max_streams = 3, initial_window = 4 };
  enum class error : std::uint32_t {
    none = 0,
    protocol = 1,
    internal = 2,
    refused_stream = 7,
    cancel = 8,
    enhance_your_calm = 11,
    http_1_1_required = 13
  };
  struct frame {
    kind is = kind::data;
    std::uint8_t flags = 0;
    std::uint32_t stream = 0;
    std::string payload;
  };
  struct request {
    std::uint32_t stream = 0;
    std::string body;
  };
  using settings = std::vector<std::pair<setting, std::uint32_t>>;
  static constexpr std::uint8_t end_stream = 1;
  static constexpr std::uint8_t end_headers = 4;

  explicit http2_server(raw_server::connection& wire, const settings& ours = {}) : wire_(wire) {
    constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    is_open_ = wire_.read_bytes(preface.size()) == preface;
    std::string payload;
    for (const auto& [which, value] : ours) payload += number(static_cast<std::uint16_t>(which), 2) + number(value, 4);
    send({kind::settings, 0, 0, payload});
  }

  // The next request to arrive whole; nullopt when the client went away.
  std::optional<request> read_request() {
    while (const auto next = read_frame()) {
      if (next->is != kind::headers && next->is != kind::data) continue;
      auto& arriving = arriving_[next->stream];
      arriving.stream = next->stream;
      if (next->is == kind::data) arriving.body += next->payload;
      if ((next->flags & end_stream) == 0) continue;
      request whole = std::move(arriving);
      arriving_.erase(next->stream);
      record(whole);
      return whole;
    }
    return std::nullopt;
  }
  // The next request's headers alone.
  std::optional<request> read_headers() {
    while (const auto next = read_frame()) {
      if (next->is != kind::headers) continue;
      request begun{next->stream, {}};
      record(begun);
      return begun;
    }
    return std::nullopt;
  }
  void wait_for_the_end() {
    while (read_frame()) {
    }
  }

  bool answer(std::uint32_t stream, int status, std::string_view body) {
    return answer_head(stream, status) && send({kind::data, end_stream, stream, std::string(body)});
  }
  bool answer_head(std::uint32_t stream, int status) {
    // A literal without indexing, its name the static table's eighth.
    return send({kind::headers, end_headers, stream, "\x08\x03" + std::to_string(status)});
  }
  bool reset(std::uint32_t stream, error why) { return send({kind::rst_stream, 0, stream, number_of(why)}); }
  bool go_away(std::uint32_t last_stream, error why = error::none) {
    return send({kind::goaway, 0, 0, number(last_stream, 4) + number_of(why)});
  }
  bool send(const frame& one) {
    return wire_.send(number(one.payload.size(), 3) + number(static_cast<std::uint8_t>(one.is), 1) +
                      number(one.flags, 1) + number(one.stream, 4) + one.payload);
  }

 private:
  static std::string number(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xff);
    return text;
  }
  static std::string number_of(error why) { return number(static_cast<std::uint32_t>(why), 4); }
  static std::uint32_t value_of(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
  }

  // Acknowledges settings and pings on the way.
  std::optional<frame> read_frame() {
    if (!is_open_) return std::nullopt;
    const auto head = wire_.read_bytes(9);
    if (!head) return std::nullopt;
    const std::string_view bytes = *head;
    auto payload = wire_.read_bytes(value_of(bytes.substr(0, 3)));
    if (!payload) return std::nullopt;
    frame got{static_cast<kind>(bytes[3]), static_cast<std::uint8_t>(bytes[4]), value_of(bytes.substr(5)),
              std::move(*payload)};
    const bool is_acknowledgement = (got.flags & 1) != 0;
    if (got.is == kind::settings && !is_acknowledgement) send({kind::settings, 1, 0, {}});
    if (got.is == kind::ping && !is_acknowledgement) send({kind::ping, 1, 0, got.payload});
    return got;
  }
  void record(const request& one) { wire_.record({wire_.number, "stream " + std::to_string(one.stream), one.body}); }

  raw_server::connection& wire_;
  bool is_open_ = false;
  std::map<std::uint32_t, request> arriving_;
};

}  // namespace triggerd::test
