#include "client/following.hpp"

#include "api/sse.hpp"

namespace triggerd::client {

namespace {

// What one connection brings, record by record.
class listening final : public transport::body_sink {
 public:
  listening(api::channel_reader& records, api::sse_session& whole, const record_reader& tell)
      : records_(records), whole_(whole), tell_(tell) {}

  void began(int, const transport::headers&) override {}
  bool take(std::string_view piece) override {
    const auto events = parser_.take(piece);
    if (!events) return give_up();
    for (const auto& event : *events)
      if (!take(event)) return false;
    return true;
  }

  bool had_enough() const { return had_enough_; }
  bool is_broken() const { return is_broken_; }

 private:
  bool take(const api::sse_event& event) {
    if (event.type == "error") return give_up();
    const auto records = records_.take(event);
    if (!records) return give_up();
    whole_.received(records_.position());
    for (const auto& one : *records) {
      if (tell_(one)) continue;
      had_enough_ = true;
      return false;
    }
    return true;
  }
  bool give_up() {
    is_broken_ = true;
    return false;
  }

  api::channel_reader& records_;
  api::sse_session& whole_;
  const record_reader& tell_;
  api::sse_parser parser_;
  bool had_enough_ = false, is_broken_ = false;
};

}  // namespace

task<api::answer<followed>> follow(retrying_client by, api::call subscription, record_reader tell) {
  api::channel_reader records;
  api::sse_session whole(std::move(subscription), by.random());
  for (;;) {
    listening now(records, whole, tell);
    api::call what = whole.next_request();
    const watching how{.stop = by.stop(), .sink = &now};
    const exchange done = co_await by.once().perform(std::move(what), how);
    const bool stopped = by.stop() != nullptr && by.stop()->requested();
    if (now.had_enough()) co_return followed{.position = records.position()};
    if (stopped) co_return api::refused_here(fail(codes::cancelled, "the subscription was stopped"));
    const bool here = done.failed && done.failed->kind == api::failure_kind::refused && done.failed->status == 0;
    if (here) co_return *done.failed;
    const auto verdict = now.is_broken() ? whole.broken() : whole.ended(done.seen);
    if (verdict.step == api::stream_step::completed) co_return followed{.position = records.position()};
    if (verdict.step == api::stream_step::refused) co_return *done.failed;
    (void)co_await by.wait(verdict.wait);
  }
}

}  // namespace triggerd::client
