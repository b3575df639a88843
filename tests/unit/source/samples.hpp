// What the tests of this room share.
#pragma once

#include "source/byte_stream.hpp"
#include "source/item.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace triggerd::test {

class temporary_directory {
 public:
  temporary_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "triggerd-source-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~temporary_directory() {
    std::error_code ec;
    std::filesystem::remove_all(path_, ec);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;
  std::string file(const std::string& name, const std::string& bytes) const {
    const std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Gives a text in pieces of so many bytes, then fails if told to: every cut of a reader's input.
class cut_stream final : public source::byte_stream {
 public:
  cut_stream(std::string text, std::size_t step, bool fails = false)
      : text_(std::move(text)), step_(step), fails_(fails) {}
  result<std::string_view> more() override {
    const std::string_view piece = std::string_view(text_).substr(at_, step_);
    at_ += piece.size();
    if (piece.empty() && fails_) return fail(triggerd::codes::io, "sample: the disk went away");
    return piece;
  }
  const std::string& name() const override { return name_; }

 private:
  const std::string text_;
  const std::string name_ = "sample";
  const std::size_t step_;
  const bool fails_;
  std::size_t at_ = 0;
};

// "LINE:JSON" or "LINE!why" per item, one per line; an error of the stream as "error CODE why".
inline std::string story(source::item_reader& reader) {
  std::string out;
  for (;;) {
    const auto next = reader.next();
    if (!next) {
      CHECK_FALSE(reader.next().has_value());  // it stays so
      return out + "error " + std::string(next.error().code.name) + " " + next.error().message + "\n";
    }
    if (!*next) {
      CHECK_FALSE(reader.next()->has_value());
      return out;
    }
    const source::item& one = **next;
    CHECK(one.json.empty() == one.reject.has_value());
    if (one.reject) out += one.reject->message.substr(5) + " <" + one.raw + ">\n";
    else out += std::to_string(one.line) + ":" + one.json + "\n";
  }
}

// The story is the same however the bytes are cut.
template <class Make>
std::string story_of(const std::string& text, Make make) {
  const auto whole = make(source::open_text(text, "sample"));
  const std::string told = story(*whole);
  for (const std::size_t step : {1u, 2u, 3u, 7u}) {
    const auto cut = make(std::unique_ptr<source::byte_stream>(std::make_unique<cut_stream>(text, step)));
    CHECK(story(*cut) == told);
  }
  return told;
}

}  // namespace triggerd::test
