#include "source/inline_list.hpp"

namespace triggerd::source {

namespace {

class list_reader final : public item_reader {
 public:
  explicit list_reader(std::vector<std::string> items) : items_(std::move(items)) {}
  result<std::optional<item>> next() override {
    if (at_ == items_.size()) return std::optional<item>();
    std::string& text = items_[at_++];
    return std::optional(checked(at_, std::move(text)));
  }

 private:
  std::vector<std::string> items_;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<item_reader> read_list(std::vector<std::string> items) {
  return std::make_unique<list_reader>(std::move(items));
}

}  // namespace triggerd::source
