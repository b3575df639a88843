#include "transport/curl_loop.hpp"

#include "base/limits.hpp"
#include "transport/codes.hpp"
#include "transport/curl_library.hpp"
#include "transport/curl_multi.hpp"

#include <curl/curl.h>
#include <sys/epoll.h>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

namespace triggerd::transport {
namespace {

constexpr std::size_t batch = 64;    // events taken from the kernel at once
constexpr int batches_per_turn = 4;  // then other work of the loop has its turn

std::uint32_t epoll_events(int what) {
  std::uint32_t events = 0;
  if (what & CURL_POLL_IN) events |= EPOLLIN;
  if (what & CURL_POLL_OUT) events |= EPOLLOUT;
  return events;
}

int curl_events(std::uint32_t events) {
  int mask = 0;
  if (events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP)) mask |= CURL_CSELECT_IN;
  if (events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
  if (events & EPOLLERR) mask |= CURL_CSELECT_ERR;
  return mask;
}

// An event carries the descriptor and the generation of its registration: a number can be closed and given out again
// between the kernel's answer and our look at it.
std::uint64_t tag_of(int descriptor, std::uint32_t generation) {
  return (static_cast<std::uint64_t>(generation) << 32) | static_cast<std::uint32_t>(descriptor);
}

}  // namespace

result<std::unique_ptr<curl_loop>> curl_loop::make(asio::io_context& loop, const clock& time, timers& timers, log& log,
                                                   settings bounds) {
  if (const auto started = start_curl(); !started) return started.error();
  const auto* have = curl_version_info(CURLVERSION_NOW);
  if (const auto fault = known_fault(have->version_num))
    log.warning(std::string("libcurl ") + have->version + " has a known fault: " + std::string(*fault));
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0)
    return fail(triggerd::codes::io, "no epoll set for connections: " + std::generic_category().message(errno));
  return std::unique_ptr<curl_loop>(new curl_loop(loop, time, timers, log, bounds, set));
}

curl_loop::curl_loop(asio::io_context& loop, const clock& time, timers& timers, log& log, settings bounds, int set)
    : clock_(time), timers_(timers), log_(log), bounds_(bounds), asio_loop_(loop), set_(loop, set) {}

curl_loop::~curl_loop() {
  timers_.disarm(idle_timer_);
  assert(clients_ == 0 && "curl_loop destroyed before its transports");
}

void curl_loop::close() {
  timers_.disarm(idle_timer_);
  idle_timer_ = 0;
  boost::system::error_code ignored;
  set_.cancel(ignored);
}

bool curl_loop::make_room() {
  if (clients_ < bounds_.most_clients) return true;
  if (idle_.empty()) return false;
  idle_.front().client->retire();
  return true;
}

void curl_loop::left(curl_multi& client) {
  --clients_;
  std::replace(due_.begin(), due_.end(), &client, static_cast<curl_multi*>(nullptr));
  // REMOVE may be missing or late; nothing of a dead handle may stay.
  std::erase_if(sockets_, [&](const auto& entry) {
    if (entry.second.owner != &client) return false;
    (void)::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, entry.first, nullptr);
    return true;
  });
}

curl_loop::idle_place curl_loop::became_idle(curl_multi& client) {
  const auto place = idle_.insert(idle_.end(), {&client, clock_.steady()});
  watch_idle();
  return place;
}

void curl_loop::became_busy(idle_place place) { idle_.erase(place); }

// One timer for all of them. It may be early for the one that is first by then.
void curl_loop::watch_idle() {
  if (idle_timer_ != 0 || idle_.empty()) return;
  idle_timer_ = timers_.arm(idle_.front().since + limits::client_idle, [this] {
    idle_timer_ = 0;
    while (!idle_.empty() && idle_.front().since + limits::client_idle <= clock_.steady())
      idle_.front().client->retire();
    watch_idle();
  });
}

void curl_loop::act_soon(curl_multi& client) {
  due_.push_back(&client);
  if (due_.size() == 1) post_due();
}

void curl_loop::post_due() {
  asio::post(asio_loop_, [this, alive = std::weak_ptr<int>(alive_)] {
    if (!alive.expired()) act_on_due();
  });
}

void curl_loop::act_on_due() {
  const std::size_t count = due_.size();
  for (std::size_t i = 0; i < count; ++i)
    if (curl_multi* client = std::exchange(due_[i], nullptr)) client->timed_out();  // may end it: last use
  due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(count));
  if (!due_.empty()) post_due();
}

void curl_loop::left_a_lookup_behind() { lookups_.push_back(clock_.steady()); }

std::size_t curl_loop::lookups_left_behind() {
  const steady_time now = clock_.steady();
  while (!lookups_.empty() && lookups_.front() + limits::lookup_thread_life <= now) lookups_.pop_front();
  return lookups_.size();
}

bool curl_loop::lookups_are_stuck() { return lookups_left_behind() >= limits::lookup_threads_left; }

result<trust_store> curl_loop::system_trust() {
  if (!system_trust_) {
    auto loaded = load_system_trust();
    if (!loaded) return loaded.error();
    system_trust_ = std::move(*loaded);
  }
  return system_trust_;
}

bool curl_loop::watch(curl_multi& client, int descriptor, int what) {
  if (watched* known = of(client, descriptor); known && known->resting && known->events == epoll_events(what)) {
    known->resting = false;
    wait();
    return true;
  }
  const watched entry{&client, ++generation_, epoll_events(what)};
  if (!enter(descriptor, entry)) {
    sockets_.erase(descriptor);
    return false;
  }
  sockets_.insert_or_assign(descriptor, entry);
  wait();
  return true;
}

bool curl_loop::watches(const curl_multi& client, int descriptor) {
  const watched* known = of(client, descriptor);
  return known != nullptr && !known->resting;
}

curl_loop::watched* curl_loop::of(const curl_multi& client, int descriptor) {
  const auto found = sockets_.find(descriptor);
  return found != sockets_.end() && found->second.owner == &client ? &found->second : nullptr;
}

void curl_loop::rest(curl_multi& client, int descriptor) {
  if (watched* known = of(client, descriptor)) known->resting = true;
}

bool curl_loop::enter(int descriptor, const watched& entry) {
  epoll_event event{};
  event.events = entry.events;
  event.data.u64 = tag_of(descriptor, entry.generation);
  // The table is only a guess at what the kernel holds: a number may have been closed and given out again.
  const bool known = sockets_.contains(descriptor);
  const auto tell = [&](int how) { return ::epoll_ctl(set_.native_handle(), how, descriptor, &event) == 0; };
  if (tell(known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD)) return true;
  return errno == (known ? ENOENT : EEXIST) && tell(known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD);
}

// curl often says REMOVE after it closed the socket. Its number may by then belong to another handle, whose entry must
// stay.
void curl_loop::forget(curl_multi& client, int descriptor) {
  if (of(client, descriptor) == nullptr) return;
  sockets_.erase(descriptor);
  (void)::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void curl_loop::wait() {
  if (waiting_) return;
  waiting_ = true;
  const std::weak_ptr<int> alive = alive_;
  set_.async_wait(asio::posix::stream_descriptor::wait_read, [this, alive](boost::system::error_code failure) {
    if (alive.expired()) return;
    waiting_ = false;
    if (!failure) turn();
  });
}

void curl_loop::turn() {
  std::array<epoll_event, batch> events;
  for (int i = 0; i < batches_per_turn; ++i) {
    const int ready = ::epoll_wait(set_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
    for (int k = 0; k < ready; ++k) dispatch(events[k].data.u64, events[k].events);
    if (ready < static_cast<int>(batch)) break;
  }
  wait();
}

void curl_loop::dispatch(std::uint64_t tag, std::uint32_t events) {
  const int descriptor = static_cast<int>(tag & 0xffffffffu);
  const auto found = sockets_.find(descriptor);
  if (found == sockets_.end() || found->second.generation != static_cast<std::uint32_t>(tag >> 32)) return;
  curl_multi& owner = *found->second.owner;
  // At rest: its peer has gone, or speaks unasked, and curl looks before it uses it again.
  if (found->second.resting) forget(owner, descriptor);
  else owner.ready(descriptor, curl_events(events));  // may end the owner: last use
}

}  // namespace triggerd::transport
