#include "source/ndjson.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"

namespace triggerd::source {

namespace {

class ndjson_reader final : public item_reader {
 public:
  explicit ndjson_reader(std::unique_ptr<byte_stream> from) : bytes_(std::move(from)) {}

  result<std::optional<item>> next() override {
    while (bytes_.peek() != byte_reader::end) {
      const std::uint64_t line = bytes_.line();
      const bool whole = take_line();
      if (bytes_.failure()) break;
      if (!whole)
        return std::optional(
            rejected(line, "longer than the limit of " + std::to_string(limits::source_line) + " bytes", line_));
      if (text::trim(line_).empty()) continue;
      return std::optional(checked(line, std::exchange(line_, {})));
    }
    if (bytes_.failure()) return *bytes_.failure();
    return std::optional<item>();
  }

 private:
  // False when it was longer than a line may be; line_ holds its beginning.
  bool take_line() {
    line_.clear();
    bool whole = true;
    for (auto piece = bytes_.take_of_line(); !piece.empty(); piece = bytes_.take_of_line()) {
      const std::size_t room = limits::source_line - line_.size();
      line_ += piece.substr(0, room);
      whole = whole && piece.size() <= room;
    }
    bytes_.take();
    if (whole && line_.ends_with('\r')) line_.pop_back();
    return whole;
  }

  byte_reader bytes_;
  std::string line_;
};

}  // namespace

std::unique_ptr<item_reader> read_ndjson(std::unique_ptr<byte_stream> from) {
  return std::make_unique<ndjson_reader>(std::move(from));
}

}  // namespace triggerd::source
