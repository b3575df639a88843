#include "bench/origin/http2.hpp"

#include "bench/origin/date_text.hpp"

#include <algorithm>
#include <array>

namespace origin {
namespace {

constexpr std::uint32_t stream_window = 1u << 20;
constexpr std::uint64_t resets_at_once = 1'000'000'000, resets_a_second = 1'000'000;
constexpr int connection_window = 16 << 20;

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

http2::http2(wire& under, service& api, std::uint32_t most_streams) : protocol(under), api_(api) {
  nghttp2_session_callbacks* calls = nullptr;
  nghttp2_session_callbacks_new(&calls);
  nghttp2_session_callbacks_set_on_begin_headers_callback(calls, on_begin);
  nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(calls, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_close);
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  // curl 7.88 resets every stream, also those that have ended; nghttp2 would take thousands of them for an attack.
  nghttp2_option_set_stream_reset_rate_limit(options, resets_at_once, resets_a_second);
  nghttp2_session_server_new2(&session_, calls, this, options);
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(calls);
  const std::array<nghttp2_settings_entry, 2> said{
      {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, most_streams}, {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window}}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, said.data(), said.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, connection_window);
}

http2::~http2() { nghttp2_session_del(session_); }

bool http2::take(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return nghttp2_session_mem_recv(session_, data, bytes.size()) >= 0 && collect();
}

bool http2::collect() {
  const std::uint8_t* data = nullptr;
  for (;;) {
    const ssize_t size = nghttp2_session_mem_send(session_, &data);
    if (size <= 0) return size == 0;
    wire_.out.append(text_of(data, static_cast<std::size_t>(size)));
  }
}

bool http2::is_over() const {
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

// What is submitted here leaves with the next collect(), many replies in one.
void http2::write(int stream, reply what) {
  exchange* one = find(stream);
  if (one == nullptr) return;  // the client gave it up
  one->answered = std::move(what);
  const reply& said = one->answered;
  const std::string status = std::to_string(said.status);
  std::vector<nghttp2_nv> fields = {field(":status", status), field("strict-transport-security", "max-age=3153600000"),
                                    field("x-robots-tag", "noindex, nofollow")};
  for (const auto& [name, value] : said.headers) fields.push_back(field(name, value));
  fields.push_back(field("content-type", said.type));
  fields.push_back(field("vary", "Accept-Encoding"));
  fields.push_back(field("date", date_text()));
  nghttp2_data_provider body{};
  body.source.ptr = one;
  body.read_callback = read_body;
  nghttp2_submit_response(session_, stream, fields.data(), fields.size(), &body);
}

http2::exchange* http2::find(int stream) {
  return static_cast<exchange*>(nghttp2_session_get_stream_user_data(session_, stream));
}

ssize_t http2::read_body(nghttp2_session*, int, std::uint8_t* to, std::size_t room, std::uint32_t* flags,
                         nghttp2_data_source* from, void*) {
  auto& one = *static_cast<exchange*>(from->ptr);
  const std::size_t size = one.answered.body.copy(reinterpret_cast<char*>(to), room, one.sent);
  one.sent += size;
  if (one.sent == one.answered.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(size);
}

int http2::on_begin(nghttp2_session* session, const nghttp2_frame* frame, void* me) {
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  auto made = std::make_unique<exchange>();
  nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, made.get());
  of(me).exchanges_.insert_or_assign(frame->hd.stream_id, std::move(made));
  return 0;
}

int http2::on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                     const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* me) {
  exchange* one = of(me).find(frame->hd.stream_id);
  if (one == nullptr) return 0;
  const std::string_view known = text_of(name, name_size);
  const std::string_view said = text_of(value, value_size);
  if (known == ":method") one->asked.method = said;
  else if (known == ":path") one->asked.path = said;
  else one->asked.header(known, said);
  return 0;
}

int http2::on_data(nghttp2_session*, std::uint8_t, int stream, const std::uint8_t* data, std::size_t size, void* me) {
  if (exchange* one = of(me).find(stream)) of(me).api_.data(one->asked, text_of(data, size));
  return 0;
}

int http2::on_frame(nghttp2_session*, const nghttp2_frame* frame, void* me) {
  if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
  exchange* one = of(me).find(frame->hd.stream_id);
  if (one == nullptr) return 0;
  if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) of(me).api_.begin(one->asked);
  if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) of(me).settle(frame->hd.stream_id, of(me).api_.finish(one->asked));
  return 0;
}

int http2::on_close(nghttp2_session*, int stream, std::uint32_t, void* me) {
  of(me).exchanges_.erase(stream);
  return 0;
}

}  // namespace origin
