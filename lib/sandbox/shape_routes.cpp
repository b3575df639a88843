// Realtime subscriptions in Electric's protocol. Nothing is kept for a subscriber: an offset says how far he has read, the
// time of the newest change and a digest of the rows that changed then.
#include "sandbox/handlers.hpp"
#include "sandbox/page.hpp"
#include "sandbox/run_access.hpp"
#include "sandbox/shape_row.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"
#include "sandbox/spans.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sandbox::handlers {

namespace {

constexpr auto live_poll = seconds(20);
constexpr auto longest_look_back = std::chrono::hours(24);
constexpr std::uint64_t digest_end = 1'000'000'000;  // nine digits tell enough
constexpr std::string_view newer_version_header = "x-trigger-electric-version";

struct shape_offset {
  std::int64_t ms = -1;  // -1: nothing is read yet
  std::uint64_t digest = 0;
};

shape_offset read_offset(std::string_view text) {
  shape_offset out;
  const std::size_t mark = text.find('_');
  if (mark == std::string_view::npos) return out;
  std::from_chars(text.data(), text.data() + mark, out.ms);
  std::from_chars(text.data() + mark + 1, text.data() + text.size(), out.digest);
  return out;
}

std::int64_t change_ms(const run& of, instant now) { return shape_change(of, now).time_since_epoch().count(); }

// Who asks for which runs.
struct run_shape {
  const state& in;
  const call& from;
  std::string handle;
  std::vector<const run*> runs;  // newest first
  std::vector<std::string> skipped;

  std::uint64_t digest_at(std::int64_t ms) const {
    std::uint64_t out = 0;
    for (const run* one : runs)
      if (change_ms(*one, in.now) == ms) out = mix(out, dump_json(shape_row(in, *one, {})));
    return out % digest_end;
  }
  shape_offset newest() const {
    if (runs.empty()) return {in.now.time_since_epoch().count(), 0};
    shape_offset out;
    for (const run* one : runs) out.ms = std::max(out.ms, change_ms(*one, in.now));
    out.digest = digest_at(out.ms);
    return out;
  }
  std::vector<const run*> changed_since(const shape_offset& read) const {
    std::vector<const run*> out;
    const bool same_again = read.ms < 0 || digest_at(read.ms) != read.digest;
    for (const run* one : runs) {
      const std::int64_t at = change_ms(*one, in.now);
      if (at > read.ms || (at == read.ms && same_again)) out.push_back(one);
    }
    return out;
  }
};

json shape_message(const run_shape& of, const run& one, const shape_offset& read) {
  const bool known = read.ms >= 0 && one.created.time_since_epoch().count() <= read.ms;
  return {{"key", shape_key(of.in, one)},
          {"value", shape_row(of.in, one, of.skipped)},
          {"headers", {{"operation", known ? "update" : "insert"}}}};
}

json shape_control(std::string_view what) { return {{"headers", {{"control", what}}}}; }

std::string next_cursor(const call& from) {
  std::uint64_t last = 0;
  const std::string_view given = from.where.value("cursor").value_or("");
  std::from_chars(given.data(), given.data() + given.size(), last);
  return std::to_string(last + 1);
}

reply shape_reply(const run_shape& of, int status, const json& messages, const shape_offset& at) {
  reply out = answer(status, messages);
  const bool newer = first_header(of.from.asked.headers, newer_version_header).has_value();
  const auto add = [&](std::string_view name, std::string value) {
    out.headers.emplace_back(std::string(name), std::move(value));
  };
  add("access-control-allow-origin", "*");
  add("access-control-expose-headers", "*");
  add("cache-control", "no-store");
  add(newer ? "electric-handle" : "electric-shape-id", of.handle);
  add(newer ? "electric-offset" : "electric-chunk-last-offset",
      std::to_string(at.ms) + '_' + std::to_string(at.digest));
  return out;
}

reply serve_shape(const run_shape& of) {
  const call& from = of.from;
  const std::string_view handle = from.where.value("handle").value_or("");
  if (!handle.empty() && handle != of.handle)
    return shape_reply(of, 409, json::array({shape_control("must-refetch")}), of.newest());
  const bool live = from.where.value("live") == "true" && !handle.empty();
  const shape_offset read = read_offset(from.where.value("offset").value_or("-1"));
  const auto changed = of.changed_since(read);
  json messages = json::array();
  for (const run* one : changed) messages.push_back(shape_message(of, *one, read));
  messages.push_back(shape_control("up-to-date"));
  reply out = shape_reply(of, 200, messages, changed.empty() && read.ms >= 0 ? read : of.newest());
  out.headers.emplace_back(live ? "electric-cursor" : "electric-schema", live ? next_cursor(from) : shape_schema());
  const instant until = from.asked.until.value_or(of.in.now + live_poll);
  if (live && changed.empty() && of.in.now < until) {
    auto again = std::make_shared<request>(from.asked);
    again->until = until;
    out.again = std::move(again);
  }
  return out;
}

std::vector<std::string> skipped_by(const call& from) {
  auto out = listed(from.where.value("skipColumns").value_or(""));
  out.insert(out.end(), from.who.skipped_columns.begin(), from.who.skipped_columns.end());
  return out;
}

// The same words ask for the same shape.
std::string hashed_handle(const std::string& start, const std::string& words) {
  return start + '_' + std::to_string(mix(0, words) % digest_end);
}

bool has_all(const run& of, const std::vector<std::string>& tags) {
  return std::all_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return std::find(of.tags->begin(), of.tags->end(), tag) != of.tags->end();
  });
}

template <class Fits>
std::vector<const run*> newest_runs(state& in, const run_numbers& from, const Fits& fits) {
  std::vector<const run*> out;
  for (auto at = from.rbegin(); at != from.rend() && out.size() < limits::sandbox_shape_rows; ++at) {
    const run& one = in.runs.at(*at);
    const fit how = fits(one);
    if (how == fit::none_older) break;
    if (how == fit::yes) out.push_back(&one);
  }
  return out;
}

}  // namespace

reply follow_run(state& in, const call& from) {
  const run* of = in.runs.find(from.arguments[0], *from.who.where);
  if (of == nullptr) {
    reply out = refuse(404, "Not found");
    should_retry(out, false);
    return out;
  }
  if (!from.who.may("read", resources_of(in, *of))) return forbidden();
  const std::string id = from.argument(0);
  return serve_shape({in, from, "run-" + id.substr(id.find('_') + 1), {of}, skipped_by(from)});
}

// All tags must be there, so that a scope for one of them covers what is found.
reply follow_runs(state& in, const call& from) {
  const auto tags = listed(from.where.value("tags").value_or(""));
  std::vector<std::string> resources = {"runs", "tags"};
  for (const std::string& tag : tags) resources.push_back("tags:" + tag);
  if (!from.who.may("read", resources)) return forbidden();
  const std::string period(from.where.value("createdAt").value_or("24h"));
  const milliseconds back = std::min<milliseconds>(read_span(period).value_or(longest_look_back), longest_look_back);
  const run_index& index = from.who.where->runs;
  static const run_numbers none;
  const auto tagged = tags.empty() ? index.by_tag.end() : index.by_tag.find(tags.front());
  const run_numbers& candidates = tags.empty() ? index.all : tagged == index.by_tag.end() ? none : tagged->second;
  auto runs = newest_runs(in, candidates, [&](const run& one) {
    if (one.created < in.now - back) return fit::none_older;
    return has_all(one, tags) ? fit::yes : fit::no;
  });
  const std::string words = from.who.where->where->id + text::join(tags, ",") + '/' + period;
  return serve_shape({in, from, hashed_handle("runs", words), std::move(runs), skipped_by(from)});
}

reply follow_batch(state& in, const call& from) {
  const batch* of = in.batches.find(from.arguments[0], in.seed);
  if (of == nullptr || of->where != from.who.where) {
    reply out = refuse(404, "Not found");
    should_retry(out, true);
    return out;
  }
  if (!from.who.may("read", {"batch:" + from.argument(0), "runs"})) return forbidden();
  const auto& by_batch = from.who.where->runs.by_batch;
  static const run_numbers none;
  const auto made = by_batch.find(of->number);
  auto runs = newest_runs(in, made == by_batch.end() ? none : made->second, [](const run&) { return fit::yes; });
  return serve_shape({in, from, hashed_handle(from.argument(0), ""), std::move(runs), skipped_by(from)});
}

}  // namespace triggerd::sandbox::handlers
