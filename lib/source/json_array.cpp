#include "source/json_array.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "source/codes.hpp"

namespace triggerd::source {

namespace {

bool is_space(int byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

class array_reader final : public item_reader {
 public:
  explicit array_reader(std::unique_ptr<byte_stream> from) : bytes_(std::move(from)) {}

  result<std::optional<item>> next() override {
    if (!failure_ && place_ == place::before) open();
    if (!failure_ && place_ == place::inside) {
      auto element = take_element();
      if (element && !failure_) return element;
    }
    if (failure_) return *failure_;
    return std::optional<item>();
  }

 private:
  enum class place { before, inside, after };

  void open() {
    skip_space();
    if (bytes_.take() != '[') return stop("is not a JSON array");
    skip_space();
    place_ = place::inside;
    if (bytes_.peek() == ']') close();
  }

  // Up to the comma or the bracket that ends it. Brackets are only counted: whether they match is for the check of the
  // element to say.
  std::optional<item> take_element() {
    skip_space();
    const std::uint64_t line = bytes_.line();
    std::string raw;
    bool whole = true, quoted = false, escaped = false;
    std::size_t depth = 0;
    for (;;) {
      const int byte = bytes_.peek();
      if (byte == byte_reader::end) {
        stop("ends within the array");
        return std::nullopt;
      }
      if (!quoted && depth == 0 && (byte == ',' || byte == ']')) break;
      bytes_.take();
      if (raw.size() < limits::source_line) raw += static_cast<char>(byte);
      else whole = false;
      if (quoted) {
        if (escaped) escaped = false;
        else if (byte == '\\') escaped = true;
        else if (byte == '"') quoted = false;
      } else if (byte == '"') quoted = true;
      else if (byte == '[' || byte == '{') ++depth;
      else if ((byte == ']' || byte == '}') && depth > 0) --depth;
    }
    if (bytes_.peek() == ']') close();
    else bytes_.take();
    if (!whole)
      return rejected(line, "longer than the limit of " + std::to_string(limits::source_line) + " bytes", raw);
    raw.resize(text::trim(raw).size());  // it begins without white space
    if (raw.empty()) return rejected(line, "an element is missing here", raw);
    return checked(line, std::move(raw));
  }

  void close() {
    bytes_.take();
    place_ = place::after;
    skip_space();
    if (bytes_.peek() != byte_reader::end) stop("goes on after the array");
    else if (bytes_.failure()) failure_ = bytes_.failure();
  }

  void skip_space() {
    while (is_space(bytes_.peek())) bytes_.take();
  }

  void stop(const std::string& why) {
    failure_ = bytes_.failure()
                   ? *bytes_.failure()
                   : fail(codes::malformed, bytes_.name() + ": line " + std::to_string(bytes_.line()) + ": " + why);
  }

  byte_reader bytes_;
  place place_ = place::before;
  std::optional<error> failure_;
};

}  // namespace

std::unique_ptr<item_reader> read_json_array(std::unique_ptr<byte_stream> from) {
  return std::make_unique<array_reader>(std::move(from));
}

}  // namespace triggerd::source
