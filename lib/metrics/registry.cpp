#include "metrics/registry.hpp"

#include "metrics/exposition.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace triggerd::metrics {

void histogram::observe(double v) {
  if (std::isnan(v)) return;  // would spoil the sum for good
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), v);
  ++counts_[static_cast<std::size_t>(bucket - bounds_.begin())];
  ++count_;
  sum_ += v;
}

double histogram::quantile(double q) const {
  if (count_ == 0 || bounds_.empty()) return 0;
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  double below = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const double here = static_cast<double>(counts_[i]);
    if (here > 0 && below + here >= rank) {
      const double low = i == 0 ? std::min(0.0, bounds_[0]) : bounds_[i - 1];
      return low + (bounds_[i] - low) * std::max(0.0, rank - below) / here;
    }
    below += here;
  }
  return bounds_.back();
}

const std::vector<double>& request_bounds() {
  static const std::vector<double> bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
  return bounds;
}

const std::vector<double>& local_bounds() {
  static const std::vector<double> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30};
  return bounds;
}

const std::vector<double>& lateness_bounds() {
  static const std::vector<double> bounds{0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.05, 0.1,
                                          0.25,  0.5,    1,     2.5,  5,     10,   30,    60};
  return bounds;
}

void registry::declare_counter(const std::string& name, const std::string& help) {
  declare(name, kind::counter, help, {});
}

void registry::declare_gauge(const std::string& name, const std::string& help) { declare(name, kind::gauge, help, {}); }

void registry::declare_histogram(const std::string& name, const std::string& help, std::vector<double> bounds) {
  if (!std::is_sorted(bounds.begin(), bounds.end())) throw std::logic_error("bounds of " + name + " do not rise");
  declare(name, kind::histogram, help, std::move(bounds));
}

void registry::declare(const std::string& name, kind is, const std::string& help, std::vector<double> bounds) {
  if (!is_metric_name(name)) throw std::logic_error("not a metric name: " + name);
  const auto [place, fresh] = families_.try_emplace(name, family{is, help, std::move(bounds), {}});
  if (!fresh && place->second.is != is) throw std::logic_error("declared with two kinds: " + name);
}

registry::series& registry::get(std::string_view name, kind is, const labels& of) {
  const auto found = families_.find(name);
  if (found == families_.end() || found->second.is != is)
    throw std::logic_error("metric not declared, or with another kind: " + std::string(name));
  family& home = found->second;
  if (const auto known = home.all.find(of); known != home.all.end()) return known->second;
  for (const auto& [label, value] : of)
    if (!is_label_name(label)) throw std::logic_error("not a label name: " + label);
  switch (is) {
    case kind::counter: return home.all.emplace(of, metrics::counter()).first->second;
    case kind::gauge: return home.all.emplace(of, metrics::gauge()).first->second;
    case kind::histogram: break;
  }
  return home.all.emplace(of, metrics::histogram(home.bounds)).first->second;
}

counter& registry::counter(std::string_view name, const labels& of) {
  return std::get<metrics::counter>(get(name, kind::counter, of));
}

gauge& registry::gauge(std::string_view name, const labels& of) {
  return std::get<metrics::gauge>(get(name, kind::gauge, of));
}

histogram& registry::histogram(std::string_view name, const labels& of) {
  return std::get<metrics::histogram>(get(name, kind::histogram, of));
}

void registry::keep_only(const std::string& label, const std::set<std::string>& values) {
  for (auto& [name, home] : families_)
    std::erase_if(home.all, [&](const auto& one) {
      const auto found = one.first.find(label);
      return found != one.first.end() && !values.contains(found->second);
    });
}

std::string registry::render() const {
  std::string out;
  for (const auto& [name, home] : families_) {
    if (home.all.empty()) continue;
    const char* type = home.is == kind::counter ? "counter" : home.is == kind::gauge ? "gauge" : "histogram";
    append_header(out, name, home.help, type);
    for (const auto& [of, value] : home.all) {
      if (const auto* c = std::get_if<metrics::counter>(&value)) append_sample(out, name, of, c->value());
      if (const auto* g = std::get_if<metrics::gauge>(&value)) append_sample(out, name, of, g->value());
      if (const auto* h = std::get_if<metrics::histogram>(&value)) append_histogram(out, name, of, *h);
    }
  }
  return out;
}

}  // namespace triggerd::metrics
