#include "transport/curl_multi.hpp"

#include "base/limits.hpp"
#include "transport/codes.hpp"

#include <unistd.h>

namespace triggerd::transport {
namespace {

constexpr std::size_t spare_handles = 2;

curl_exchange& exchange_of(CURL* handle) {
  char* exchange = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &exchange);
  return *reinterpret_cast<curl_exchange*>(exchange);
}

}  // namespace

curl_multi::curl_multi(curl_loop& loop, const curl_options& options, std::function<void()> retire)
    : loop_(loop), retire_(std::move(retire)), multi_(curl_multi_init()) {
  loop_.joined();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &curl_multi::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &curl_multi::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  // Said outright: the default grows with four times the handles.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(limits::idle_connections));
  if (options.http == http_version::http_2)
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(limits::http2_connections));
}

// Exchanges first, then the handle with its connections, and only then the loop's table, which curl still speaks to.
curl_multi::~curl_multi() {
  set_busy();
  fail_all(ending::by_close, CURLE_OK);
  for (CURL* handle : spare_) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi_);
  loop_.timer_queue().disarm(timer_);
  loop_.left(*this);
}

void curl_multi::start(curl_exchange& exchange, const curl_options& options, const trust_store& trust) {
  CURL* handle = take_handle();
  if (!handle) {
    settle();
    exchange.refuse(fail(codes::unusable, "out of memory for a request"));
    return;
  }
  if (const auto prepared = exchange.prepare(handle, options, trust); !prepared) {
    curl_easy_cleanup(handle);
    settle();
    exchange.refuse(prepared.error());
    return;
  }
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &curl_multi::on_close);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, this);
  set_busy();
  exchange.opened = [this](int socket) { ours_.insert(socket); };
  exchange.handle = handle;
  exchange.place = running_.insert(running_.end(), &exchange);
  exchange.watch(loop_.timer_queue(), [this, &exchange](ending how) {
    finish(exchange, how, CURLE_OK);
    settle();
  });
  const CURLMcode added = curl_multi_add_handle(multi_, handle);
  if (added != CURLM_OK) {
    finish(exchange, ending::by_curl, CURLE_FAILED_INIT);
    broke(curl_multi_strerror(added));
  }
}

// From a copy: the owner destroys the original with this object.
void curl_multi::retire() {
  const auto retire = retire_;
  retire();
}

CURL* curl_multi::take_handle() {
  if (spare_.empty()) return curl_easy_init();
  CURL* handle = spare_.back();
  spare_.pop_back();
  return handle;
}

// After a failure curl may leave its buffer in the handle, and then refuses one of another size.
void curl_multi::keep_handle(CURL* handle, bool went_well) {
  if (spare_.size() == spare_handles || !went_well) {
    curl_easy_cleanup(handle);
    return;
  }
  curl_easy_reset(handle);
  spare_.push_back(handle);
}

// Called by curl from within our calls into it. Nothing here calls curl.
int curl_multi::on_socket(CURL*, curl_socket_t descriptor, int what, void* me, void*) noexcept {
  auto& self = *static_cast<curl_multi*>(me);
  if (what == CURL_POLL_REMOVE) {
    // A connection is asked for its next answer soon.
    if (self.ours_.contains(descriptor)) self.loop_.rest(self, descriptor);
    else self.loop_.forget(self, descriptor);
    return 0;
  }
  self.waiting_.taken(descriptor);
  return self.loop_.watch(self, descriptor, what) ? 0 : -1;  // minus one ends every transfer of the handle
}

// A connection keeps this beyond the request that opened it.
int curl_multi::on_close(void* me, curl_socket_t descriptor) noexcept {
  auto& self = *static_cast<curl_multi*>(me);
  self.ours_.erase(descriptor);
  self.waiting_.taken(descriptor);
  self.loop_.forget(self, descriptor);
  return ::close(descriptor);
}

int curl_multi::on_timer(CURLM*, long milliseconds, void* me) noexcept {
  auto& self = *static_cast<curl_multi*>(me);
  auto& queue = self.loop_.timer_queue();
  queue.disarm(self.timer_);
  self.timer_ = 0;
  if (milliseconds < 0) return 0;
  if (milliseconds == 0) {  // with every request that is added
    self.loop_.act_soon(self);
    return 0;
  }
  const steady_time at = self.loop_.time().steady() + std::chrono::milliseconds(milliseconds);
  self.timer_ = queue.arm(at, [&self] {
    self.timer_ = 0;
    self.timed_out();
  });
  return 0;
}

void curl_multi::ready(int descriptor, int what) { act(descriptor, what); }

void curl_multi::timed_out() { act(CURL_SOCKET_TIMEOUT, 0); }

void curl_multi::act(int descriptor, int what) {
  waiting_.end_stale();
  int running = 0;
  const CURLMcode code = curl_multi_socket_action(multi_, descriptor, what, &running);
  collect();
  if (code != CURLM_OK) {
    broke(curl_multi_strerror(code));  // the end of this object
    return;
  }
  settle();
}

void curl_multi::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message dies with the removal
    finish(exchange_of(message->easy_handle), ending::by_curl, code);
  }
}

void curl_multi::finish(curl_exchange& exchange, ending how, CURLcode curl_code) {
  CURL* handle = exchange.handle;
  exchange.conclude(handle, how, curl_code);
  if (how == ending::by_curl) let_wait(handle);
  if (exchange.left_a_lookup_behind()) loop_.left_a_lookup_behind();
  running_.erase(exchange.place);
  curl_multi_remove_handle(multi_, handle);
  keep_handle(handle, how == ending::by_curl && curl_code == CURLE_OK);
  exchange.handle = nullptr;
  exchange.done.set(1);
}

// Within the call that ended its last exchange curl may have handed the connection on. It watches it again then, and what
// comes in is an answer.
void curl_multi::let_wait(CURL* handle) {
  const auto socket = idle_connections::kept_by(handle);
  if (socket && !loop_.watches(*this, *socket)) waiting_.add(*socket);
}

void curl_multi::fail_all(ending how, CURLcode curl_code) {
  while (!running_.empty()) finish(*running_.front(), how, curl_code);
}

// After an error of its own a multi handle does nothing more. What had begun is ambiguous.
void curl_multi::broke(const char* why) {
  loop_.journal().warning(std::string("libcurl gave up a set of connections, which is built anew: ") + why);
  fail_all(ending::by_curl, CURLE_ABORTED_BY_CALLBACK);
  retire();
}

void curl_multi::settle() {
  if (running_.empty() && !idle_) idle_ = loop_.became_idle(*this);
}

void curl_multi::set_busy() {
  if (idle_) loop_.became_busy(*idle_);
  idle_.reset();
}

}  // namespace triggerd::transport
