#include "job/batch_feed.hpp"

#include "base/limits.hpp"

#include <set>

namespace triggerd::job {

item_feed::item_feed(std::unique_ptr<source::item_reader> from, item_maker& maker, memory remembered, std::string known)
    : from_(std::move(from)), maker_(maker), remembered_(remembered), known_(std::move(known)) {}

result<> item_feed::skip(std::uint64_t items) {
  for (; read_ < items; ++read_) {
    const auto one = from_->next();
    if (!one) return one.error();
    if (!*one) break;
  }
  passed_ = read_;
  return {};
}

std::optional<feed_item> item_feed::take() {
  while (!window_.empty()) {
    seen one = std::move(window_.front());
    window_.pop_front();
    passed_ = one.ordinal + 1;
    if (!one.known) return ready(std::move(one));
    ++left_out_;
  }
  return std::nullopt;
}

result<bool> item_feed::read() {
  std::size_t bytes = 0;
  const std::size_t most = asks() ? limits::recall_names : 1;
  while (window_.size() < most && bytes < limits::batch_chunk_bytes) {
    const auto more = read_one(bytes);
    if (!more) return more.error();
    if (!*more) break;
  }
  return !window_.empty();
}

result<bool> item_feed::read_one(std::size_t& bytes) {
  auto one = from_->next();
  if (!one) return one.error();
  if (!*one) return false;
  seen now;
  now.ordinal = read_++;
  now.from = std::move(**one);
  bytes += now.from.json.size() + now.from.raw.size();
  if (asks()) {
    auto key = maker_.key_of(now.from, now.ordinal);
    if (key) now.key = std::move(*key);  // else ready() says why
    now.from.value.reset();              // a window of trees is several times larger than their texts
  }
  window_.push_back(std::move(now));
  return true;
}

task<result<>> item_feed::ask() {
  std::vector<std::string> names;
  for (const seen& one : window_)
    if (!one.key.empty()) names.push_back(one.key);
  if (names.empty()) co_return result<>();
  std::string space = known_;
  const auto rows = co_await remembered_.recall(std::move(space), std::move(names));
  if (!rows) co_return rows.error();
  std::set<std::string_view> done;
  for (const store::memory_row& row : *rows) done.insert(row.name);
  for (seen& one : window_) one.known = !one.key.empty() && done.contains(one.key);
  co_return result<>();
}

feed_item item_feed::ready(seen one) {
  feed_item out;
  out.ordinal = one.ordinal;
  out.from = std::move(one.from);
  auto made = maker_.make(out.from, out.ordinal);
  if (made) out.made = std::move(*made);
  else out.wrong = made.error().message;
  return out;
}

}  // namespace triggerd::job
