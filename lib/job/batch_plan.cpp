#include "job/batch_plan.hpp"

#include "api/batches.hpp"
#include "base/limits.hpp"
#include "job/batch_feed.hpp"
#include "job/batch_memo.hpp"
#include "job/batch_position.hpp"
#include "job/batch_source.hpp"
#include "job/codes.hpp"
#include "job/trigger_order.hpp"
#include "spec/units.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace triggerd::job {

namespace {

// What both ways of sending have in common: the order of items, the rejects, the position.
class batch_planner : public planner {
 public:
  batch_planner(const leg_view& leg, std::unique_ptr<item_maker> maker, opened_items items, memory remembered)
      : leg_(leg),
        spec_(std::get<spec::batch_spec>(leg.job.what)),
        maker_(std::move(maker)),
        feed_(std::move(items.reader), *maker_, remembered, item_space(leg)) {}

  result<> go_on_at(batch_position from) {
    if (const auto skipped = feed_.skip(from.at); !skipped) return skipped.error();
    stands_ = std::move(from);
    return {};
  }
  void say(std::string note) { note_ = std::move(note); }

  task<result<boxed<plan_step>>> next() override {
    if (!note_.empty()) co_return boxed<plan_step>(plan_note{std::exchange(note_, {})});
    for (;;) {
      // Files are read without waiting for anything, so others get their turn this way.
      if (++taken_ % limits::items_per_turn == 0) co_await asio::post(asio::use_awaitable);
      const auto bearable = check_rejects(spec_.rejects_most, stands_.rejected, seen(), false, last_reason_);
      if (!bearable) co_return bearable.error();
      while (!held_) {
        held_ = feed_.take();
        if (held_) break;
        const auto more = feed_.read();
        if (!more) co_return more.error();
        if (!*more) co_return last();
        if (feed_.asks()) {
          const result<> asked = co_await feed_.ask();
          if (!asked) co_return asked.error();
        }
      }
      auto step = take();
      if (step) co_return std::move(step);
    }
  }

 protected:
  // Takes the held item, or leaves it and gives what must come before it.
  virtual boxed<plan_step> take() = 0;
  virtual boxed<plan_step> rest() = 0;           // at the end: what is still open
  virtual std::uint64_t first_open() const = 0;  // the first item that no action holds yet

  feed_item take_held() {
    feed_item one = std::move(*held_);
    held_.reset();
    return one;
  }
  const feed_item& held() const { return *held_; }
  std::uint64_t next_ordinal() const { return held_ ? held_->ordinal : feed_.passed(); }

  // Nullopt: an earlier process reported it.
  boxed<plan_step> reject(const feed_item& one, std::string why) {
    if (one.ordinal < stands_.told) return std::nullopt;
    ++stands_.rejected;
    stands_.told = one.ordinal + 1;
    last_reason_ = why;
    planned_reject out;
    out.line = one.from.line;
    out.reason = std::move(why);
    out.raw = one.from.json.empty() ? one.from.raw : one.from.json;
    // Line ends in JSON are only white space; one item stays one line.
    std::replace_if(
        out.raw.begin(), out.raw.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    out.file = maker_->rejects_file();
    out.position = position();
    return plan_step(std::move(out));
  }

  std::string position() {
    stands_.at = first_open();
    stands_.told = std::max(stands_.told, stands_.at);
    // What does not go on must still notice that its source is another one.
    return spec_.resume ? stands_.write() : batch_position{.stamp = stands_.stamp}.write();
  }

  std::uint64_t next_number() const { return leg_.first_number + planned_; }
  bool is_first() const { return planned_ == 0; }
  void count_planned() { ++planned_; }

  const leg_view& leg_;
  const spec::batch_spec& spec_;
  std::unique_ptr<item_maker> maker_;

 private:
  std::uint64_t seen() const { return std::max(stands_.told, feed_.passed()); }

  result<boxed<plan_step>> last() {
    const auto bearable = check_rejects(spec_.rejects_most, stands_.rejected, seen(), true, last_reason_);
    if (!bearable) return bearable.error();
    auto step = rest();
    if (step || told_the_end_) return step;
    told_the_end_ = true;
    if (feed_.left_out() == 0) return step;
    step = plan_note{std::to_string(feed_.left_out()) + " items were done by earlier fires and are left out"};
    return step;
  }

  item_feed feed_;
  std::optional<feed_item> held_;
  batch_position stands_;
  std::string last_reason_;
  std::string note_;
  std::uint64_t planned_ = 0;
  std::uint64_t taken_ = 0;
  bool told_the_end_ = false;
};

class chunk_planner final : public batch_planner {
 public:
  using batch_planner::batch_planner;

 protected:
  boxed<plan_step> take() override {
    if (held().wrong) {
      const feed_item one = take_held();
      return reject(one, *one.wrong);
    }
    const made_item& made = held().made;
    if (keys_.contains(made.key)) {
      const feed_item one = take_held();
      return reject(one, "its item_key stands in this chunk already");
    }
    own_.key = made.key;  // a hash of ours, as it is sent
    const std::string line = api::batch_line(keys_.size(), maker_->task_id(), made.payload.get(), *made.options, own_);
    if (line.size() > limits::batch_line) {
      const feed_item one = take_held();
      return reject(one,
                    "it is larger than the " + std::to_string(limits::batch_line) + " bytes that the server takes");
    }
    if (!lines_.empty() && lines_.size() + line.size() > most_bytes()) return close();
    add(line);
    if (keys_.size() >= std::min<std::size_t>(spec_.chunk_items, limits::batch_items)) return close();
    return std::nullopt;
  }

  boxed<plan_step> rest() override { return keys_.empty() ? std::nullopt : close(); }
  std::uint64_t first_open() const override { return keys_.empty() ? next_ordinal() : first_ordinal_; }

 private:
  std::size_t most_bytes() const { return std::min<std::uint64_t>(spec_.chunk_bytes, limits::batch_chunk_bytes); }

  void add(const std::string& line) {
    const feed_item one = take_held();
    if (keys_.empty()) {
      first_ordinal_ = one.ordinal;
      first_line_ = one.from.line;
    }
    last_line_ = one.from.line;
    keys_.insert(one.made.key);
    lines_ += line;
  }

  boxed<plan_step> close() {
    planned_action out;
    out.row.kind = "chunk";
    out.row.subject = maker_->task_id();
    out.row.items = keys_.size();
    batch_memo memo;
    memo.look = is_first();
    out.row.memo = memo.write();
    out.row.number = next_number();
    count_planned();
    out.lines.push_back({"chunk", out.row.subject,
                         std::to_string(out.row.items) + " items, lines " + std::to_string(first_line_) + " to " +
                             std::to_string(last_line_) + ", " + std::to_string(lines_.size()) + " bytes"});
    out.row.body = std::exchange(lines_, {});
    lines_.reserve(out.row.body.size());  // the next is as large, but for the last
    keys_.clear();
    out.position = position();
    return plan_step(std::move(out));
  }

  api::own_options own_{.key_ttl = spec::server_duration(leg_.job.idempotency.ttl)};
  std::unordered_set<std::string> keys_;  // of the open chunk
  std::string lines_;
  std::uint64_t first_ordinal_ = 0;
  std::uint64_t first_line_ = 0, last_line_ = 0;
};

class each_planner final : public batch_planner {
 public:
  using batch_planner::batch_planner;

 protected:
  boxed<plan_step> take() override {
    const feed_item one = take_held();
    if (one.wrong) return reject(one, *one.wrong);
    run_order order;
    order.task = maker_->task_id();
    order.payload = one.made.payload.get();
    order.options = one.made.options.get();
    order.key = one.made.key;
    order.tag = tag_;
    order.look = is_first();
    auto action = order_run(leg_, next_number(), order);
    if (!action) return reject(one, action.error().message);
    count_planned();
    action->position = position();
    return plan_step(std::move(*action));
  }

  boxed<plan_step> rest() override { return std::nullopt; }
  std::uint64_t first_open() const override { return next_ordinal(); }

  std::string tag_ = tag_of_leg(leg_.fire.id, leg_.target.name);
};

// An index names another item when the source is another, also in another attempt: the keys of its items are the same.
result<batch_position> where_to_go_on(const std::string& position, const std::string& earlier,
                                      const opened_items& items, bool keyed, std::string& note) {
  batch_position from;
  if (!position.empty()) from = batch_position::read(position);
  else if (!earlier.empty()) from.stamp = batch_position::read(earlier).stamp;
  if ((position.empty() && earlier.empty()) || from.stamp == items.stamp) {
    from.stamp = items.stamp;
    return from;
  }
  if (!keyed)
    return fail(codes::source_changed,
                "the source is not the one that this fire began with, and without an item_key nobody can tell which of "
                "its items were sent");
  note =
      "the source changed since this fire began; it is read again from its beginning, and item keys keep items from "
      "running twice";
  batch_position anew;
  anew.stamp = items.stamp;
  return anew;
}

}  // namespace

std::string item_space(const leg_view& leg) {
  if (!leg.job.idempotency.across_fires) return {};
  return "items:" + leg.job.name + ":" + leg.target.name;
}

task<result<std::unique_ptr<planner>>> plan_batch(const leg_view& leg, std::string position, memory remembered,
                                                  inputs& from, cancellation& cancel) {
  const auto& spec = std::get<spec::batch_spec>(leg.job.what);
  auto maker = item_maker::make(leg, spec);
  if (!maker) co_return maker.error();
  const scope values(leg);
  const spec::name_lookup names = values.names();
  auto items = co_await open_items(spec, names, from, cancel);
  if (!items) co_return items.error();
  std::string note;
  auto start = where_to_go_on(position, leg.earlier, *items, !spec.item_key.empty(), note);
  if (!start) co_return start.error();
  std::unique_ptr<batch_planner> made;
  if (spec.each) made = std::make_unique<each_planner>(leg, std::move(*maker), std::move(*items), remembered);
  else made = std::make_unique<chunk_planner>(leg, std::move(*maker), std::move(*items), remembered);
  made->say(std::move(note));
  if (const auto ready = made->go_on_at(std::move(*start)); !ready) co_return ready.error();
  std::unique_ptr<planner> out = std::move(made);
  co_return std::move(out);
}

}  // namespace triggerd::job
