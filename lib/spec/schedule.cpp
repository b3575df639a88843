#include "spec/schedule.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "spec/codes.hpp"
#include "spec/cron.hpp"
#include "spec/zone.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::spec {

namespace {

using std::chrono::local_seconds;

constexpr auto second = std::chrono::seconds(1);
// How far next() looks: as far as cron does.
constexpr auto horizon = std::chrono::hours(24 * 366 * 41);

local_seconds local_in(instant at, const zone::period& p) {
  return local_seconds(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch() + p.offset);
}

instant instant_in(local_seconds local, const zone::period& p) { return instant(local.time_since_epoch() - p.offset); }

std::string mark_of(const schedule_spec& spec) {
  std::string all = spec.cron + '\n' + spec.timezone + '\n' + std::to_string(spec.every ? spec.every->count() : 0);
  for (const instant at : spec.at) all += '\n' + text::iso(at);
  return sha256_hex(all).substr(0, 16);
}

// The first matching instant in [from, p.end), where `from` lies in p. Within one period local time runs straight, so
// every instant comes out once; what a gap or a fold does stands at the period's two ends.
std::optional<instant> first_in_period(const cron& expression, const zone& where, const dst_spec& dst, instant from,
                                       const zone::period& p) {
  const zone::period before = where.around(p.begin - second);
  const zone::period after = where.around(p.end);
  const local_seconds opening = local_in(p.begin, p);
  const local_seconds old_opening = local_in(p.begin, before);  // what the clock would have shown without the change
  if (from == p.begin && dst.gap == dst_spec::gap_rule::shift && opening > old_opening) {
    const auto in_gap = expression.next(old_opening - second);
    if (in_gap && *in_gap < opening) return p.begin;
  }
  local_seconds cursor = local_in(from, p) - second;
  // The start of a period repeats the local times up to old_opening: their second showing.
  if (dst.fold == dst_spec::fold_rule::first && old_opening > opening) cursor = std::max(cursor, old_opening - second);
  // The end of a period shows local times that the next one repeats: their first showing.
  local_seconds closing = local_in(p.end - second, p) + second;
  if (dst.fold == dst_spec::fold_rule::second) closing = std::min(closing, local_in(p.end, after));
  const auto found = expression.next(cursor);
  if (!found || *found >= closing) return std::nullopt;
  return instant_in(*found, p);
}

}  // namespace

struct schedule::rules {
  std::string job;
  std::optional<cron> expression;
  std::optional<zone> where;
  std::optional<milliseconds> every;
  std::vector<instant> at;  // sorted, each once
  milliseconds jitter{0};
  catch_up_spec catch_up;
  dst_spec dst;
  std::string mark;

  std::optional<instant> next_cron(instant after) const;
  std::optional<instant> next(instant after) const;
  std::uint64_t count(instant after, instant until) const;
  std::vector<instant> newest(std::size_t most, instant after, instant until) const;
};

std::optional<instant> schedule::rules::next_cron(instant after) const {
  instant from = std::chrono::floor<std::chrono::seconds>(after) + second;
  const instant last = after + horizon;
  while (from <= last) {
    const zone::period p = where->around(from);
    if (const auto found = first_in_period(*expression, *where, dst, from, p)) return found;
    from = p.end;
  }
  return std::nullopt;
}

std::optional<instant> schedule::rules::next(instant after) const {
  if (expression) return next_cron(after);
  if (every) {
    const auto whole = std::chrono::floor<milliseconds>(after.time_since_epoch()).count();
    const auto step = every->count();
    const auto passed = whole >= 0 ? whole / step : -((-whole + step - 1) / step);  // rounded down
    return instant(milliseconds((passed + 1) * step));
  }
  const auto found = std::upper_bound(at.begin(), at.end(), after);
  if (found == at.end()) return std::nullopt;
  return *found;
}

// How many instants lie in (after, until]. Exact for every and at; for cron it stops at a bound.
std::uint64_t schedule::rules::count(instant after, instant until) const {
  if (every) {
    const auto first = next(after);
    if (*first > until) return 0;
    return static_cast<std::uint64_t>((until - *first) / *every) + 1;
  }
  std::uint64_t counted = 0;
  for (auto found = next(after); found && *found <= until && counted < limits::catch_up_counted; found = next(*found))
    ++counted;
  return counted;
}

// The last `most` instants in (after, until], oldest first. Looks back in growing steps, so that a long absence with a
// dense schedule costs no more than what is kept.
std::vector<instant> schedule::rules::newest(std::size_t most, instant after, instant until) const {
  std::vector<instant> found;
  if (most == 0 || after >= until) return found;
  for (milliseconds reach = second;; reach *= 4) {
    const instant start = until - after > reach ? until - reach : after;
    found.clear();
    for (auto i = next(start); i && *i <= until; i = next(*i)) found.push_back(*i);
    if (found.size() >= most || start == after) break;
  }
  if (found.size() > most) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(most));
  return found;
}

schedule::schedule(std::unique_ptr<rules> r) : rules_(std::move(r)) {}
schedule::schedule(schedule&&) noexcept = default;
schedule& schedule::operator=(schedule&&) noexcept = default;
schedule::~schedule() = default;

result<schedule> schedule::compile(const schedule_spec& spec, std::string_view job) {
  if ((spec.cron.empty() ? 0 : 1) + (spec.every ? 1 : 0) + (spec.at.empty() ? 0 : 1) > 1)
    return fail(codes::schedule, "a schedule has exactly one of cron, every and at");
  if (spec.every && spec.every->count() <= 0)
    return fail(codes::schedule, "a schedule's every must be longer than zero");
  if (spec.jitter.count() < 0) return fail(codes::schedule, "a schedule's jitter must not be negative");
  auto made = std::make_unique<rules>();
  made->job = job;
  made->every = spec.every;
  made->at = spec.at;
  std::sort(made->at.begin(), made->at.end());
  made->at.erase(std::unique(made->at.begin(), made->at.end()), made->at.end());
  made->jitter = spec.jitter;
  made->catch_up = spec.catch_up;
  made->dst = spec.dst;
  made->mark = mark_of(spec);
  if (!spec.timezone.empty() || !spec.cron.empty()) {
    const auto where = zone::find(spec.timezone.empty() ? "UTC" : spec.timezone);
    if (!where) return where.error();
    made->where = *where;
  }
  if (!spec.cron.empty()) {
    const auto expression = cron::parse(spec.cron);
    if (!expression) return expression.error();
    if (!expression->next(local_seconds{}))
      return fail(codes::cron,
                  "cron \"" + text::printable(spec.cron, 64) + "\" never comes true: no year has such a day");
    made->expression = *expression;
  }
  return schedule(std::move(made));
}

std::string_view schedule::mark() const { return rules_->mark; }

std::optional<instant> schedule::next(instant after) const { return rules_->next(after); }

instant schedule::with_jitter(instant nominal) const {
  if (rules_->jitter.count() == 0) return nominal;
  const std::string digest = sha256_hex(rules_->job + '\n' + std::to_string(nominal.time_since_epoch().count()));
  std::uint64_t drawn = 0;
  std::from_chars(digest.data(), digest.data() + 16, drawn, 16);
  return nominal + milliseconds(drawn % (static_cast<std::uint64_t>(rules_->jitter.count()) + 1));
}

schedule::missed schedule::catch_up(instant last, instant now) const {
  missed out;
  if (now <= last) return out;
  // One millisecond below the edge, because the edge itself still counts.
  const instant oldest = std::max(last, now - rules_->catch_up.window - milliseconds(1));
  switch (rules_->catch_up.what) {
    case catch_up_spec::policy::skip: break;
    case catch_up_spec::policy::last: out.fire = rules_->newest(1, oldest, now); break;
    case catch_up_spec::policy::all:
      out.fire = rules_->newest(std::min<std::size_t>(rules_->catch_up.most, limits::catch_up_fires), oldest, now);
      break;
  }
  const std::uint64_t total = rules_->count(last, now);
  out.skipped = total > out.fire.size() ? total - out.fire.size() : 0;
  return out;
}

}  // namespace triggerd::spec
