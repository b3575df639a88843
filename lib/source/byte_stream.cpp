#include "source/byte_stream.hpp"

#include "source/codes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace triggerd::source {

namespace {

constexpr std::size_t read_step = 16u << 10;  // one for each leg under way, of which there may be thousands
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

error trouble(const std::string& path, std::string_view verb, int number) {
  return fail(codes::unreadable,
              path + ": cannot " + std::string(verb) + ": " + std::generic_category().message(number));
}

class file_stream final : public byte_stream {
 public:
  file_stream(int fd, std::string path) : fd_(fd), path_(std::move(path)), buffer_(read_step) {}
  ~file_stream() override { ::close(fd_); }
  file_stream(const file_stream&) = delete;
  file_stream& operator=(const file_stream&) = delete;

  result<std::string_view> more() override {
    for (;;) {
      const ssize_t got = ::read(fd_, buffer_.data(), buffer_.size());
      if (got >= 0) return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
      if (errno != EINTR) return trouble(path_, "read", errno);
    }
  }
  const std::string& name() const override { return path_; }

 private:
  const int fd_;
  const std::string path_;
  std::vector<char> buffer_;
};

class text_stream final : public byte_stream {
 public:
  text_stream(std::string text, std::string name) : text_(std::move(text)), name_(std::move(name)) {}
  result<std::string_view> more() override {
    if (given_) return std::string_view();
    given_ = true;
    return std::string_view(text_);
  }
  const std::string& name() const override { return name_; }

 private:
  const std::string text_;
  const std::string name_;
  bool given_ = false;
};

}  // namespace

result<std::unique_ptr<byte_stream>> open_file(const std::string& path) {
  // Not blocking: opening a pipe nobody writes to would wait for ever, before we could see what it is.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return trouble(path, "open", errno);
  auto stream = std::make_unique<file_stream>(fd, path);
  struct stat seen {};
  if (::fstat(fd, &seen) != 0) return trouble(path, "look at", errno);
  if (!S_ISREG(seen.st_mode)) return fail(codes::unreadable, path + ": is not a regular file");
  return std::unique_ptr<byte_stream>(std::move(stream));
}

std::unique_ptr<byte_stream> open_text(std::string text, std::string name) {
  return std::make_unique<text_stream>(std::move(text), std::move(name));
}

result<std::string> read_text(const std::string& path, std::size_t most) {
  auto file = open_file(path);
  if (!file) return file.error();
  std::string text;
  for (;;) {
    const auto piece = (*file)->more();
    if (!piece) return piece.error();
    if (piece->empty()) return text;
    text += *piece;
    if (text.size() > most)
      return fail(codes::too_large, path + ": is larger than its limit of " + std::to_string(most) + " bytes");
  }
}

bool byte_reader::fill() {
  if (!begun_) begin();
  else if (!ended_) next_piece();
  return at_ < piece_.size();
}

void byte_reader::begin() {
  begun_ = true;
  while (!ended_ && head_.size() < byte_order_mark.size()) {
    next_piece();
    head_ += piece_;
  }
  piece_ = head_;
  if (piece_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  if (at_ == piece_.size() && !ended_) next_piece();
}

void byte_reader::next_piece() {
  const auto piece = from_->more();
  if (!piece) failure_ = piece.error();
  ended_ = !piece || piece->empty();
  piece_ = ended_ ? std::string_view() : *piece;
  at_ = 0;
}

}  // namespace triggerd::source
