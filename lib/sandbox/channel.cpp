#include "sandbox/channel.hpp"

namespace triggerd::sandbox {

namespace {

constexpr auto part_memory = std::chrono::minutes(5);
constexpr std::size_t record_overhead = 256;  // so that empty records are bounded too

std::size_t record_weight(const record& of) { return of.body().size() + of.part.size() + record_overhead; }

}  // namespace

std::string record::body() const {
  if (!headers.empty()) return {};
  return dump_json({{"data", data}, {"id", part}});
}

channel::place channel::append(std::string_view body, const std::string& part, instant now) {
  forget_parts(now - part_memory);
  if (const auto known = parts_.find(part); known != parts_.end()) return {known->second, false};
  record made;
  made.seq = next_;
  made.at = now;
  made.data = parse_json(body).value_or(json(body));
  made.part = part;
  if (!part.empty()) {
    parts_[part] = made.seq;
    part_times_.emplace_back(now, part);
  }
  add(std::move(made));
  return {next_ - 1, true};
}

void channel::append_control(std::string_view what, header_list more, instant now) {
  record made;
  made.seq = next_;
  made.at = now;
  made.headers = {{"trigger-control", std::string(what)}};
  for (auto& one : more) made.headers.push_back(std::move(one));
  add(std::move(made));
}

std::vector<const record*> channel::after(std::optional<std::uint64_t> seq) const {
  std::vector<const record*> out;
  for (const record& one : records_)
    if (!seq || one.seq > *seq) out.push_back(&one);
  return out;
}

std::optional<std::uint64_t> channel::last() const {
  if (next_ == 0) return std::nullopt;
  return next_ - 1;
}

const record* channel::at(std::uint64_t seq) const {
  if (records_.empty() || seq < records_.front().seq || seq > records_.back().seq) return nullptr;
  return &records_[seq - records_.front().seq];
}

void channel::add(record what) {
  ++next_;
  bytes_ += record_weight(what);
  records_.push_back(std::move(what));
  while (bytes_ > limits::channel_bytes && records_.size() > 1) {
    bytes_ -= record_weight(records_.front());
    records_.pop_front();
  }
}

void channel::forget_parts(instant before) {
  while (!part_times_.empty() && part_times_.front().first <= before) {
    parts_.erase(part_times_.front().second);
    part_times_.pop_front();
  }
}

}  // namespace triggerd::sandbox
