#include "target/tally.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace triggerd::target {

namespace {

using std::chrono::microseconds;

// Puts the newest in the place of the oldest.
void keep(std::vector<microseconds>& times, std::size_t& oldest, microseconds took) {
  if (times.size() < limits::reply_times) {
    times.push_back(took);
    return;
  }
  times[oldest] = took;
  oldest = (oldest + 1) % times.size();
}

bool answered(const client::exchange& done) { return done.seen.what == transport::knowledge::answered; }
microseconds took(const client::exchange& done) { return std::chrono::duration_cast<microseconds>(done.seen.took); }

double quantile_ms(std::vector<microseconds> times, double q) {
  if (times.empty()) return 0;
  const auto rank = static_cast<std::size_t>(q * double(times.size() - 1) + 0.5);
  const auto place = times.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(times.begin(), place, times.end());
  return double(place->count()) / 1'000.0;
}

}  // namespace

void tally::add(const client::exchange& done) {
  ++requests_;
  if (done.failed) ++failures_;
  if (answered(done)) keep(times_, oldest_, took(done));
}

totals_view tally::view() const {
  return {requests_, retries_, failures_, quantile_ms(times_, 0.5), quantile_ms(times_, 0.99)};
}

void add_to(usage& used, const client::exchange& done) {
  ++used.requests;
  if (done.failed) ++used.failures;
  if (!answered(done)) return;
  std::size_t place = used.requests % limits::reply_times;
  keep(used.times, place, took(done));
}

void silence::add(const client::exchange& done, instant now) {
  if (answered(done)) {
    in_a_row_ = 0;
    return;
  }
  if (in_a_row_++ == 0) since_ = now;
  last_ = done.seen.failure;
}

std::string silence::text() const {
  const std::string which = in_a_row_ == 1 ? "the last request" : "the last " + std::to_string(in_a_row_) + " requests";
  return "no reply to " + which + ": " + last_->describe();
}

}  // namespace triggerd::target
