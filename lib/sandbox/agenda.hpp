// What will happen by itself, in order of time and of planning.
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

namespace triggerd::sandbox {

enum class subject_kind : std::uint8_t { run, batch, bulk, session };

struct change {
  instant at{};
  std::uint64_t order = 0;
  std::uint64_t subject = 0;
  std::uint32_t generation = 0;  // of the subject; an older one was overtaken
  subject_kind kind = subject_kind::run;
};

class agenda {
 public:
  void add(instant at, subject_kind kind, std::uint64_t subject, std::uint32_t generation) {
    changes_.push({at, ++order_, subject, generation, kind});
  }
  std::optional<instant> next() const {
    if (changes_.empty()) return std::nullopt;
    return changes_.top().at;
  }
  std::optional<change> take_due(instant now) {
    if (changes_.empty() || changes_.top().at > now) return std::nullopt;
    const change due = changes_.top();
    changes_.pop();
    return due;
  }

 private:
  struct later {
    bool operator()(const change& a, const change& b) const { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  };
  std::priority_queue<change, std::vector<change>, later> changes_;
  std::uint64_t order_ = 0;
};

}  // namespace triggerd::sandbox
