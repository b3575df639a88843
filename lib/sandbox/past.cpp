#include "sandbox/past.hpp"

#include "sandbox/state.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

struct birth {
  instant at;
  const past_runs* of;
  std::size_t nth;
};

std::vector<birth> births(const std::vector<past_runs>& past, instant start) {
  std::vector<birth> out;
  for (const past_runs& group : past) {
    const milliseconds span = group.oldest - group.newest;
    for (std::size_t i = 0; i < group.count; ++i) {
      const auto share = group.count > 1
                             ? span * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(group.count - 1)
                             : milliseconds(0);
      out.push_back({start - group.oldest + share, &group, i});
    }
  }
  // Numbers rise with the time of creation.
  std::stable_sort(out.begin(), out.end(), [](const birth& a, const birth& b) { return a.at < b.at; });
  return out;
}

void make(state& in, live_environment& where, const std::vector<past_runs>& past) {
  for (const birth& one : births(past, in.now)) {
    auto input = std::make_shared<run_input>();
    input->task = one.of->task;
    input->has_payload = true;
    input->payload = "{\"nth\":" + std::to_string(one.nth) + "}";
    input->payload_type = "application/json";
    input->region = in.config.regions.empty() ? "" : in.config.regions.front();
    run_order order;
    order.where = &where;
    order.input = std::move(input);
    auto tags = one.of->tags;
    std::sort(tags.begin(), tags.end());
    order.tags = std::make_shared<const std::vector<std::string>>(std::move(tags));
    const auto end = read_status(one.of->status);
    in.runs.create_past(order, one.at, end && is_final(*end) ? *end : run_status::failed);
  }
}

const branch* spec_of(const live_environment& home) {
  for (const branch& one : home.spec->branches)
    if (one.name == home.branch) return &one;
  return nullptr;
}

}  // namespace

void make_past(state& in) {
  for (live_environment& home : in.homes.all()) {
    if (home.parent == nullptr) make(in, home, home.spec->past);
    else if (const branch* spec = spec_of(home)) make(in, home, spec->past);
  }
}

}  // namespace triggerd::sandbox
