// Key presses out of the bytes a terminal sends.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::ctl {

enum class key_name { text, up, down, page_up, page_down, home, end, tab, enter, escape, erase, interrupt, redraw };

struct key {
  key_name name = key_name::text;
  std::string text = {};  // of text: one character
  bool operator==(const key&) const = default;
};

class key_reader {
 public:
  std::vector<key> feed(std::string_view bytes);
  // A lone escape is the key only when nothing follows it.
  bool waits() const { return !rest_.empty(); }
  std::vector<key> give_up();

 private:
  std::optional<key> take();
  std::string rest_;
};

}  // namespace triggerd::ctl
