#include "base/async.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <cassert>
#include <exception>

namespace triggerd {

// The suspended coroutine, type-erased. Asio's any_completion_handler recurses without end in 1.81 when its holder is
// copied, and would be all we need from it.
class wakeup::waiter {
 public:
  virtual ~waiter() = default;
  virtual void resume() = 0;
};

namespace {

template <class Handler>
class waiting final : public wakeup::waiter {
 public:
  explicit waiting(Handler handler) : handler_(std::move(handler)) {}
  void resume() override { asio::post(std::move(handler_)); }  // on the coroutine's own executor

 private:
  Handler handler_;
};

// A named type with a trivial capture: GCC 12 destroys capturing temporaries in a co_await expression twice.
struct store_waiter {
  std::unique_ptr<wakeup::waiter>* place;
  template <class Handler>
  void operator()(Handler handler) const {
    *place = std::make_unique<waiting<Handler>>(std::move(handler));
  }
};

}  // namespace

wakeup::wakeup() = default;
wakeup::~wakeup() = default;

void wakeup::set(int value) {
  if (value_) return;
  value_ = value;
  if (waiter_) waiter_->resume();
}

task<int> wakeup::wait() {
  if (!value_) {
    const store_waiter store{&waiter_};
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(store, asio::use_awaitable);
  }
  co_return *value_;
}

void cancellation::request() {
  if (requested_) return;
  requested_ = true;
  // A listener may destroy others, or itself: unlink one, then run it from a copy.
  while (!listeners_.empty()) {
    listener* first = listeners_.front();
    listeners_.pop_front();
    first->linked_ = false;
    const auto run = std::move(first->run_);
    run();
  }
}

cancellation::listener::listener(cancellation& of, std::function<void()> run) : of_(of), run_(std::move(run)) {
  if (of_.requested_) {
    run_();
    return;
  }
  place_ = of_.listeners_.insert(of_.listeners_.end(), this);
  linked_ = true;
}

cancellation::listener::~listener() {
  if (linked_) of_.listeners_.erase(place_);
}

void condition::notify_all() {
  std::list<wakeup*> now;
  now.swap(waiters_);
  for (wakeup* waiter : now) waiter->set(1);
}

task<> condition::wait() {
  wakeup woken;
  waiters_.push_back(&woken);
  co_await woken.wait();
}

task<bool> condition::wait(cancellation& cancel) {
  wakeup woken;
  waiters_.push_back(&woken);
  const cancellation::listener on_cancel(cancel, [&woken] { woken.set(0); });
  const int how = co_await woken.wait();
  if (how == 0) waiters_.remove(&woken);
  co_return how == 1;
}

task<bool> sleep_for(timers& timers, const clock& clock, std::chrono::nanoseconds how_long, cancellation& cancel) {
  if (cancel.requested()) co_return false;
  wakeup woken;
  const timer_id timer = timers.arm(clock.steady() + how_long, [&woken] { woken.set(1); });
  const cancellation::listener on_cancel(cancel, [&woken] { woken.set(0); });
  const int how = co_await woken.wait();
  timers.disarm(timer);
  co_return how == 1;
}

task_group::~task_group() { assert(children_ == 0 && "task_group destroyed with children running"); }

void task_group::spawn(task<> child) {
  ++children_;
  asio::co_spawn(loop_, std::move(child), [this](std::exception_ptr failure) {
    --children_;
    if (children_ == 0) done_.notify_all();
    if (failure) std::rethrow_exception(failure);
  });
}

task<> task_group::join() {
  while (children_ > 0) co_await done_.wait();
}

}  // namespace triggerd
