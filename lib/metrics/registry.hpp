// Counters, gauges and histograms, kept by name and labels, written as Prometheus text when somebody asks.
//
// A family is named once with its help; a series is made at its first use and lives as long as the registry, unless
// dropped. References stay valid. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace triggerd::metrics {

using labels = std::map<std::string, std::string>;

class counter {
 public:
  void add(std::uint64_t n = 1) { value_ += n; }
  // For totals that someone else counts: adds what came since the last look. A lower one has begun again.
  void follow(std::uint64_t total) {
    value_ += total >= followed_ ? total - followed_ : total;
    followed_ = total;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0, followed_ = 0;
};

class gauge {
 public:
  void set(double v) { value_ = v; }
  void add(double v) { value_ += v; }
  double value() const { return value_; }

 private:
  double value_ = 0;
};

class histogram {
 public:
  // Upper bounds, rising; the one for everything beyond is implied.
  explicit histogram(const std::vector<double>& bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}
  void observe(double v);
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  const std::vector<double>& bounds() const { return bounds_; }
  const std::vector<std::uint64_t>& counts() const { return counts_; }  // per bucket, not cumulated
  // An estimate by linear interpolation inside the bucket; q in [0, 1]. 0 when empty; the last bound when beyond it.
  double quantile(double q) const;

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

// Seconds of a request: from a local answer to a stalled upload.
const std::vector<double>& request_bounds();
// Seconds of what a machine does by itself: from a good disk to one that people notice.
const std::vector<double>& local_bounds();
// Seconds that something due is late: from a thousand at once on a good disk to a machine that slept.
const std::vector<double>& lateness_bounds();

class registry {
 public:
  // A family must be declared before its series are used, with one kind; asking otherwise is a programming error.
  void declare_counter(const std::string& name, const std::string& help);
  void declare_gauge(const std::string& name, const std::string& help);
  void declare_histogram(const std::string& name, const std::string& help, std::vector<double> bounds);

  metrics::counter& counter(std::string_view name, const labels& of = {});
  metrics::gauge& gauge(std::string_view name, const labels& of = {});
  metrics::histogram& histogram(std::string_view name, const labels& of = {});

  // Forgets every series that carries this label with another value: targets and jobs that are gone.
  void keep_only(const std::string& label, const std::set<std::string>& values);

  // Text exposition format 0.0.4: families by name, series by labels; families without a series are left out.
  std::string render() const;

 private:
  enum class kind { counter, gauge, histogram };
  using series = std::variant<metrics::counter, metrics::gauge, metrics::histogram>;
  struct family {
    kind is;
    std::string help;
    std::vector<double> bounds;
    std::map<labels, series> all;
  };
  void declare(const std::string& name, kind is, const std::string& help, std::vector<double> bounds);
  series& get(std::string_view name, kind is, const labels& of);

  std::map<std::string, family, std::less<>> families_;
};

}  // namespace triggerd::metrics
