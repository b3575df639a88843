// A stream cut into lines, holding the unfinished one only.
#pragma once

#include <string>
#include <string_view>

namespace origin {

class line_feed {
 public:
  template <class Each>
  void take(std::string_view piece, Each each) {
    for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
      const std::string_view tail = piece.substr(0, end);
      piece.remove_prefix(end + 1);
      if (held_.empty()) {
        if (!tail.empty()) each(tail);
        continue;
      }
      held_ += tail;
      each(std::string_view(held_));
      held_.clear();
    }
    held_ += piece;
  }

  template <class Each>
  void end(Each each) {
    if (!held_.empty()) each(std::string_view(held_));
    held_.clear();
  }

  void clear() { held_.clear(); }

 private:
  std::string held_;
};

}  // namespace origin
