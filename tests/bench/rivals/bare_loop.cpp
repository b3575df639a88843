#include "bench/rivals/bare_loop.hpp"

#include <sys/epoll.h>
#include <boost/asio/post.hpp>

#include <array>
#include <cstdlib>

namespace bare {
namespace {

constexpr long http2_connections = 4;  // of a target, which requests share

std::size_t read_source(char* to, std::size_t size, std::size_t count, void* from) {
  return (*static_cast<transfer::source*>(from))(to, size * count);
}

std::size_t keep_reply(char* from, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(from, size * count);
  return size * count;
}

}  // namespace

loop::loop() : set_(context_, ::epoll_create1(EPOLL_CLOEXEC)) { curl_global_init(CURL_GLOBAL_DEFAULT); }

void loop::run() {
  wait();
  context_.run();
}

void loop::watch(target& owner, int socket, int what) {
  const auto at = static_cast<std::size_t>(socket);
  if (at >= owners_.size()) owners_.resize(at + 1024);
  if (what == CURL_POLL_REMOVE) {
    if (owners_[at] != &owner) return;  // closed before, and opened by another
    owners_[at] = nullptr;
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, socket, nullptr);
    return;
  }
  owners_[at] = &owner;
  epoll_event event{};
  event.events = ((what & CURL_POLL_IN) ? EPOLLIN : 0u) | ((what & CURL_POLL_OUT) ? EPOLLOUT : 0u);
  event.data.fd = socket;
  if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, socket, &event) != 0)
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &event);
}

void loop::wait() {
  set_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code failure) {
    if (!failure) turn();
  });
}

void loop::turn() {
  std::array<epoll_event, 256> events;
  const int ready = ::epoll_wait(set_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < ready; ++i) {
    target* owner = owners_[static_cast<std::size_t>(events[i].data.fd)];
    const std::uint32_t seen = events[i].events;
    int what = 0;
    if (seen & (EPOLLIN | EPOLLHUP)) what |= CURL_CSELECT_IN;
    if (seen & EPOLLOUT) what |= CURL_CSELECT_OUT;
    if (seen & EPOLLERR) what |= CURL_CSELECT_ERR;
    if (owner != nullptr) owner->act(events[i].data.fd, what);
  }
  if (in_flight_ == 0) context_.stop();
  else wait();
}

// curl asks for "now" with every request that is added; one turn of the loop serves all who asked.
void loop::act_soon(target& owner) {
  if (owner.is_due_) return;
  owner.is_due_ = true;
  due_.push_back(&owner);
  if (posted_) return;
  posted_ = true;
  boost::asio::post(context_, [this] {
    posted_ = false;
    std::vector<target*> due;
    due.swap(due_);
    for (target* one : due) {
      one->is_due_ = false;
      one->act(CURL_SOCKET_TIMEOUT, 0);
    }
    if (in_flight_ == 0) context_.stop();
  });
}

target::target(loop& on, settings how)
    : loop_(on), how_(std::move(how)), multi_(curl_multi_init()), timer_(on.context()) {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(how_.in_flight));
  if (how_.http2) curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, http2_connections);
  const std::string credential = "authorization: Bearer " + how_.token;
  for (const char* line :
       {"Expect:", credential.c_str(), "x-trigger-api-version: 2025-07-16", "x-trigger-source: api"}) {
    json_ = curl_slist_append(json_, line);
    lines_ = curl_slist_append(lines_, line);
  }
  json_ = curl_slist_append(json_, "content-type: application/json");
  lines_ = curl_slist_append(lines_, "content-type: application/x-ndjson");
}

target::~target() {
  curl_multi_cleanup(multi_);
  curl_slist_free_all(json_);
  curl_slist_free_all(lines_);
}

void target::start(transfer& what) {
  ++loop_.in_flight_;
  if (curl_multi_add_handle(multi_, what.easy_) != CURLM_OK) std::abort();
}

int target::on_socket(CURL*, curl_socket_t socket, int what, void* me, void*) {
  auto& self = *static_cast<target*>(me);
  self.loop_.watch(self, socket, what);
  return 0;
}

int target::on_timer(CURLM*, long milliseconds, void* me) {
  auto& self = *static_cast<target*>(me);
  if (milliseconds == 0) {
    self.loop_.act_soon(self);
  } else if (milliseconds < 0) {
    self.timer_.cancel();
  } else {
    self.timer_.expires_after(std::chrono::milliseconds(milliseconds));
    self.timer_.async_wait([&self](boost::system::error_code failure) {
      if (!failure) self.act(CURL_SOCKET_TIMEOUT, 0);
    });
  }
  return 0;
}

void target::act(int socket, int what) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, what, &running);
  collect();
}

void target::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* found = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &found);
    auto& ended = *reinterpret_cast<transfer*>(found);
    ended.status = 0;
    if (message->data.result == CURLE_OK) curl_easy_getinfo(ended.easy_, CURLINFO_RESPONSE_CODE, &ended.status);
    curl_multi_remove_handle(multi_, ended.easy_);
    --loop_.in_flight_;
    ended.done();
  }
}

transfer::transfer() : easy_(curl_easy_init()) {
  curl_easy_setopt(easy_, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy_, CURLOPT_POST, 1L);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, keep_reply);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, &reply);
  curl_easy_setopt(easy_, CURLOPT_READFUNCTION, read_source);
  curl_easy_setopt(easy_, CURLOPT_READDATA, &lines_);
}

transfer::~transfer() { curl_easy_cleanup(easy_); }

void transfer::aim(target& to, const std::string& path, curl_slist* headers) {
  reply.clear();
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers);
  if (prepared_for_ == &to && path_ == path) return;
  if (prepared_for_ != &to) {
    const long version = to.how_.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, version);
    curl_easy_setopt(easy_, CURLOPT_PIPEWAIT, to.how_.http2 ? 1L : 0L);
    if (!to.how_.ca.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, to.how_.ca.c_str());
  }
  prepared_for_ = &to;
  path_ = path;
  curl_easy_setopt(easy_, CURLOPT_URL, (to.how_.base_url + path).c_str());
}

void transfer::post(target& to, const std::string& path, std::string body) {
  aim(to, path, to.json_);
  body_ = std::move(body);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, body_.c_str());
  to.start(*this);
}

// Of unknown length: in chunks on HTTP/1.1.
void transfer::stream(target& to, const std::string& path, source lines) {
  aim(to, path, to.lines_);
  lines_ = std::move(lines);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, static_cast<const char*>(nullptr));
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{-1});
  to.start(*this);
}

}  // namespace bare
