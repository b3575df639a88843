// Where long polls and streams wait: the model is asked again when it may have changed.
#include "sandbox/front.hpp"

#include <algorithm>

namespace triggerd::rehearsal {

namespace {

constexpr auto look_gap = milliseconds(10);  // much that happens at once is one change to look at

}  // namespace

void front::close() {
  closing_.request();
  wake_all();
}

void front::wake_all() {
  for (cancellation* one : waiting_) one->request();  // resumed through the loop: the list stands still
}

sandbox::reply front::ask_again(const sandbox::request& what) {
  sandbox::reply out = model_.handle(what, clock_.now());
  if (file_) file_->flush();
  return out;
}

// A change by the clock, a request, or the end of the wait, whichever is first.
task<> front::wait_for_change(instant until) {
  if (const auto next = model_.next_change()) until = std::min(until, *next + look_gap);
  cancellation changed;
  const auto place = waiting_.insert(waiting_.end(), &changed);
  const bool undisturbed = co_await sleep_for(timers_, clock_, until - clock_.now(), changed);
  waiting_.erase(place);
  if (!undisturbed) co_await sleep_for(timers_, clock_, look_gap, closing_);
}

task<sandbox::reply> front::hold(sandbox::reply first) {
  sandbox::reply out = std::move(first);
  while (out.again != nullptr && !closing_.requested()) {
    const question next = out.again;
    co_await wait_for_change(*next->until);
    out = ask_again(*next);
  }
  co_return out;
}

http::body_source front::follow(question next) {
  auto at = std::make_shared<question>(std::move(next));
  return [this, at] { return next_part(at); };
}

task<std::optional<std::string>> front::next_part(std::shared_ptr<question> at) {
  const instant ping = clock_.now() + limits::sandbox_ping;
  while (*at != nullptr && !closing_.requested()) {
    const instant end = (*at)->until.value_or(ping);
    co_await wait_for_change(std::min(end, ping));
    const sandbox::reply more = ask_again(**at);
    *at = more.streams ? more.again : nullptr;
    if (more.streams && !more.body.empty()) co_return more.body;
    if (clock_.now() >= ping) co_return "event: ping\ndata: {}\n\n";
  }
  co_return std::nullopt;
}

}  // namespace triggerd::rehearsal
