// A text that arrives in pieces: readers must not notice where it was cut.
#pragma once

#include "source/byte_stream.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace triggerd::fuzz {

// Lengths from 1 to 16, repeated by the seed; zero: whole.
class cutter {
 public:
  cutter(std::string_view text, std::uint8_t seed) : rest_(text), seed_(seed), state_(seed) {}

  std::string_view next() {
    state_ = state_ * 1'664'525 + 1'013'904'223;
    const std::size_t length = seed_ == 0 ? rest_.size() : 1 + (state_ >> 28);
    const auto piece = rest_.substr(0, length);
    rest_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view rest_;
  std::uint8_t seed_;
  std::uint32_t state_;
};

class piece_stream final : public source::byte_stream {
 public:
  piece_stream(std::string_view text, std::uint8_t seed) : cutter_(text, seed) {}
  result<std::string_view> more() override {
    piece_ = cutter_.next();  // a copy of its own, so that looking back into an earlier piece is seen
    return std::string_view(piece_);
  }
  const std::string& name() const override { return name_; }

 private:
  cutter cutter_;
  std::string piece_;
  const std::string name_ = "input";
};

inline std::unique_ptr<source::byte_stream> in_pieces(std::string_view text, std::uint8_t seed) {
  return std::make_unique<piece_stream>(text, seed);
}

}  // namespace triggerd::fuzz
