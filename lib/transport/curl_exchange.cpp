#include "transport/curl_exchange.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "transport/codes.hpp"
#include "transport/curl_setup.hpp"
#include "transport/descriptors.hpp"

#include <sys/socket.h>

#include <cstdio>

namespace triggerd::transport {

namespace {

std::string_view mend(const error_code& code) {
  if (code == codes::resolve) return "; check base_url and the system's name servers";
  if (code == codes::connect) return "; check base_url, proxy and firewall";
  if (code == codes::tls) return "; check tls.ca, tls.min_version and the server's certificate";
  if (code == codes::too_large) return "; ask for less at once";
  if (code == codes::unusable) return "; check base_url, allow_plaintext, proxy and tls";
  return {};
}

// What is handed on piece by piece may go on for ever.
std::optional<milliseconds> reply_timeout(const request& what) {
  if (what.sink != nullptr) return std::nullopt;
  return what.reply_timeout;
}

}  // namespace

curl_exchange::curl_exchange(request what, const clock& time)
    : what_(std::move(what)),
      clock_(time),
      patience_({what_.connect_timeout, what_.first_byte_timeout, what_.stall_timeout, reply_timeout(what_)},
                time.steady()),
      started_(time.steady()) {}

curl_exchange::~curl_exchange() { wipe_headers(what_); }

result<> curl_exchange::prepare(CURL* easy, const curl_options& options, const trust_store& trust) {
  option_setter set(easy);
  http2_ = may_become_http2(what_, options);
  set_connection(set, what_, options, trust);
  set_method(set, what_);
  set_callbacks(set);
  auto lines = set_headers(set, what_);
  if (!lines) return lines.error();
  headers_ = std::move(*lines);
  return set.verdict();
}

void curl_exchange::set_callbacks(option_setter& set) {
  const auto self = static_cast<void*>(this);
  set(CURLOPT_PRIVATE, self);
  set(CURLOPT_ERRORBUFFER, words_.data());

  using bytes = std::size_t (*)(char*, std::size_t, std::size_t, void*);
  const bytes on_read = [](char* to, std::size_t size, std::size_t count, void* me) noexcept {
    return static_cast<curl_exchange*>(me)->read_body(to, size * count);
  };
  const bytes on_body = [](char* from, std::size_t size, std::size_t count, void* me) noexcept {
    return static_cast<curl_exchange*>(me)->take_body({from, size * count}) ? size * count : std::size_t{0};
  };
  const bytes on_head = [](char* from, std::size_t size, std::size_t count, void* me) noexcept {
    return static_cast<curl_exchange*>(me)->take_head({from, size * count}) ? size * count : std::size_t{0};
  };
  int (*const on_start)(void*, char*, char*, int, int) = [](void* me, char*, char*, int, int) noexcept {
    return static_cast<curl_exchange*>(me)->may_start() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
  };
  int (*const on_lookup)(void*, void*, void*) = [](void*, void*, void* me) noexcept {
    static_cast<curl_exchange*>(me)->looking_up_ = true;
    return 0;
  };
  // Child processes must not inherit connections; this release of curl does not see to it.
  curl_socket_t (*const on_open)(void*, curlsocktype, curl_sockaddr*) = [](void* me, curlsocktype,
                                                                           curl_sockaddr* to) noexcept {
    auto& self = *static_cast<curl_exchange*>(me);
    self.looking_up_ = false;
    const int made = ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    if (made >= 0) self.opened(made);
    return made;
  };
  if (reads_body(what_)) {
    set(CURLOPT_READFUNCTION, on_read);
    set(CURLOPT_READDATA, self);
    if (!what_.mutation) {
      int (*const on_seek)(void*, curl_off_t, int) = [](void* me, curl_off_t to, int origin) noexcept {
        if (origin != SEEK_SET || to < 0) return CURL_SEEKFUNC_CANTSEEK;
        static_cast<curl_exchange*>(me)->seen_.body_handed_over = static_cast<std::uint64_t>(to);
        return CURL_SEEKFUNC_OK;
      };
      set(CURLOPT_SEEKFUNCTION, on_seek);
      set(CURLOPT_SEEKDATA, self);
    }
  }
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, self);
  set(CURLOPT_HEADERFUNCTION, on_head);
  set(CURLOPT_HEADERDATA, self);
  set(CURLOPT_PREREQFUNCTION, on_start);
  set(CURLOPT_PREREQDATA, self);
  if (what_.mutation) {  // spoken to from its start on only: see may_start()
    int (*const on_said)(CURL*, curl_infotype, char*, std::size_t, void*) = [](CURL*, curl_infotype kind, char* text,
                                                                               std::size_t size, void* me) noexcept {
      if (kind == CURLINFO_TEXT) static_cast<curl_exchange*>(me)->hear({text, size});
      return 0;
    };
    set(CURLOPT_DEBUGFUNCTION, on_said);
    set(CURLOPT_DEBUGDATA, self);
  }
  set(CURLOPT_OPENSOCKETFUNCTION, on_open);
  set(CURLOPT_OPENSOCKETDATA, self);
  set(CURLOPT_RESOLVER_START_FUNCTION, on_lookup);
  set(CURLOPT_RESOLVER_START_DATA, self);
}

void curl_exchange::watch(timers& queue, std::function<void(ending)> over) {
  queue_ = &queue;
  over_ = std::move(over);
  arm();
}

void curl_exchange::abandon() {
  if (abandoned_ || queue_ == nullptr || done.is_set()) return;
  abandoned_ = true;
  queue_->disarm(timer_);
  timer_ = queue_->arm(clock_.steady(), [this] {
    timer_ = 0;
    over_(ending::by_close);
  });
}

void curl_exchange::keep_watch() {
  if (!abandoned_ && patience_.deadline() < armed_for_) arm();
}

void curl_exchange::arm() {
  queue_->disarm(timer_);
  armed_for_ = patience_.deadline();
  timer_ = queue_->arm(armed_for_, [this] {
    timer_ = 0;
    if (clock_.steady() < patience_.deadline()) {
      arm();
    } else {
      over_(ending::by_timeout);
    }
  });
}

bool curl_exchange::may_start() {
  if (seen_.began && what_.mutation) {
    seen_.refused_second_start = true;
    return false;
  }
  seen_.began = true;
  if (what_.mutation && http2_ && speaks_http2(handle)) curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
  patience_.began(clock_.steady(), reads_body(what_));
  keep_watch();
  return true;
}

// A mutation refused unprocessed, as only HTTP/2 can, is curl's to repeat, and it says so in words alone: no code of its tells the refusal from
// a connection that died. On a reused connection it says nothing. Other words, which may hold secrets, pass unread.
void curl_exchange::hear(std::string_view said) {
  if (said.starts_with("REFUSED_STREAM, retrying")) seen_.refused_by_server = true;
}

std::size_t curl_exchange::read_body(char* to, std::size_t room) {
  const std::string_view rest = std::string_view(*what_.body).substr(seen_.body_handed_over);
  const std::size_t size = rest.copy(to, room);
  seen_.body_handed_over += size;
  patience_.sent_some(clock_.steady(), seen_.body_handed_over == what_.body->size());
  keep_watch();
  return size;
}

bool curl_exchange::take_head(std::string_view line) {
  const auto step = head_.line(line);
  if (step == reply_head::step::over_limit) {
    seen_.over_limit = true;
    return false;
  }
  if (step == reply_head::step::malformed) {
    seen_.malformed = true;
    return false;
  }
  if (step == reply_head::step::whole) {
    patience_.received(clock_.steady());
    if (streams()) what_.sink->began(head_.status(), head_.list());
  } else {
    patience_.interim(clock_.steady());
  }
  keep_watch();
  return true;
}

bool curl_exchange::streams() const { return what_.sink != nullptr && head_.status() / 100 == 2; }

bool curl_exchange::take_body(std::string_view piece) {
  patience_.received(clock_.steady());
  keep_watch();
  if (streams()) {
    seen_.reader_had_enough = !what_.sink->take(piece);
    return !seen_.reader_had_enough;
  }
  if (piece.size() > what_.most_bytes - out.reply.body.size()) {
    seen_.over_limit = true;
    return false;
  }
  out.reply.body.append(piece);
  return true;
}

void curl_exchange::refuse(error why) {
  out.what = knowledge::not_sent;
  out.failure = std::move(why);
  out.took = clock_.steady() - started_;
  done.set(1);
}

void curl_exchange::conclude(CURL* easy, ending how, CURLcode curl_code) {
  queue_->disarm(timer_);
  seen_.how = how;
  seen_.curl_code = how == ending::by_curl ? curl_code : CURLE_OK;
  seen_.status = head_.status();
  const bool opened_nothing = seen_.curl_code == CURLE_COULDNT_CONNECT || seen_.curl_code == CURLE_COULDNT_RESOLVE_HOST;
  seen_.out_of_descriptors = opened_nothing && out_of_descriptors();
  const verdict known = classify(seen_);

  long request_bytes = 0;
  long head_bytes = 0;
  curl_off_t uploaded = 0;
  curl_off_t downloaded = 0;
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
  curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &head_bytes);
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
  curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &downloaded);
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connections_);
  if (seen_.curl_code == CURLE_COULDNT_RESOLVE_HOST || seen_.curl_code == CURLE_COULDNT_RESOLVE_PROXY)
    looking_up_ = false;

  out.what = known.what;
  out.native_code = seen_.curl_code;
  out.took = clock_.steady() - started_;
  out.sent_bytes = static_cast<std::uint64_t>(request_bytes + uploaded);
  out.received_bytes = static_cast<std::uint64_t>(head_bytes + downloaded);
  out.reply.status = seen_.status;
  if (known.what == knowledge::answered) {
    out.reply.head = head_.take();
  } else {
    out.reply.body = {};
    out.failure = failure_of(known, curl_code);
  }
  headers_.reset();
}

error curl_exchange::failure_of(const verdict& seen, CURLcode curl_code) const {
  std::string text = host_of(what_.url) + ": ";
  if (seen_.how == ending::by_close) {
    text += "the connections were closed";
  } else if (seen_.how == ending::by_timeout && patience_.drips()) {
    text += "the reply was not whole within " + text::show(what_.reply_timeout);
  } else if (seen_.how == ending::by_timeout) {
    switch (patience_.now_in()) {
      case patience::phase::connecting: text += "no connection within " + text::show(what_.connect_timeout); break;
      case patience::phase::waiting: text += "no reply within " + text::show(what_.first_byte_timeout); break;
      case patience::phase::sending:
        text += "the server took no byte of the request for " + text::show(what_.stall_timeout);
        break;
      case patience::phase::receiving: text += "the reply stood still for " + text::show(what_.stall_timeout); break;
    }
  } else if (seen.code == codes::refused) {
    text += "the server refused the request and did nothing of it";
  } else if (seen.code == codes::busy) {
    text += "no file descriptor is free; raise this process's limit of open files";
  } else if (seen_.refused_second_start) {
    text += "the connection died under the request, and it was not sent a second time";
  } else if (seen.code == codes::too_large) {
    text += "the reply passed the limit of " + std::to_string(what_.most_bytes) + " bytes, or its head of " +
            std::to_string(limits::response_headers);
  } else if (seen_.malformed) {
    text += "the reply's Content-Length is no number, or several";
  } else {
    const std::string_view said(words_.data());
    text += text::printable(said.empty() ? curl_easy_strerror(curl_code) : said, limits::peer_words);
  }
  if (seen.what == knowledge::ambiguous) text += "; the request may have had its effect";
  text += mend(seen.code);
  return {seen.code, std::move(text)};
}

}  // namespace triggerd::transport
