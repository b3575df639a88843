#include "control/frame.hpp"

namespace triggerd::control {

bool frame_reader::feed(std::string_view bytes) {
  while (!overflown_ && !bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    const std::string_view part = bytes.substr(0, end);
    if (partial_.size() + part.size() > most_) {
      overflown_ = true;
      partial_ = {};
      break;
    }
    partial_ += part;
    if (end == std::string_view::npos) break;
    whole_.push_back(std::move(partial_));
    partial_.clear();
    bytes.remove_prefix(end + 1);
  }
  return !overflown_;
}

std::optional<std::string> frame_reader::take() {
  if (whole_.empty()) return std::nullopt;
  std::string first = std::move(whole_.front());
  whole_.pop_front();
  return first;
}

}  // namespace triggerd::control
