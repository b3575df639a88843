#include "ctl/top_keys.hpp"

#include <map>

namespace triggerd::ctl {

namespace {

constexpr char escape_byte = '\x1b';

// What follows "ESC [" or "ESC O".
const key_name* special(std::string_view sequence) {
  static const std::map<std::string_view, key_name> known{
      {"A", key_name::up},         {"B", key_name::down}, {"5~", key_name::page_up},
      {"6~", key_name::page_down}, {"H", key_name::home}, {"F", key_name::end},
      {"1~", key_name::home},      {"4~", key_name::end}, {"3~", key_name::erase}};
  const auto found = known.find(sequence);
  return found == known.end() ? nullptr : &found->second;
}

const key_name* control_key(char byte) {
  static const std::map<char, key_name> known{
      {'\x03', key_name::interrupt}, {'\x08', key_name::erase}, {'\x7f', key_name::erase}, {'\t', key_name::tab},
      {'\r', key_name::enter},       {'\n', key_name::enter},   {'\x0c', key_name::redraw}};
  const auto found = known.find(byte);
  return found == known.end() ? nullptr : &found->second;
}

std::size_t bytes_of_character(char lead) {
  const auto first = static_cast<unsigned char>(lead);
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

// Of "ESC [ ... final": bytes, 0 while it is not whole.
std::size_t sequence_length(std::string_view bytes) {
  if (bytes.size() < 3) return 0;
  if (bytes[1] == 'O') return 3;
  for (std::size_t i = 2; i < bytes.size(); ++i)
    if (bytes[i] >= '@' && bytes[i] <= '~') return i + 1;
  return 0;
}

}  // namespace

std::vector<key> key_reader::feed(std::string_view bytes) {
  rest_ += bytes;
  std::vector<key> out;
  while (!rest_.empty()) {
    const std::size_t before = rest_.size();
    if (auto one = take()) out.push_back(std::move(*one));
    if (rest_.size() == before) break;
  }
  return out;
}

std::vector<key> key_reader::give_up() {
  std::vector<key> out;
  if (rest_ == std::string_view(&escape_byte, 1)) out.push_back({key_name::escape});
  rest_.clear();
  return out;
}

// The key at the front. Nothing and nothing taken: more bytes must come; nothing but bytes taken: no key of ours.
std::optional<key> key_reader::take() {
  const char first = rest_.front();
  const bool sequence = first == escape_byte && (rest_.size() == 1 || rest_[1] == '[' || rest_[1] == 'O');
  const std::size_t size = sequence ? sequence_length(rest_) : bytes_of_character(first);
  if (size == 0 || size > rest_.size()) return std::nullopt;
  const std::string whole = rest_.substr(0, size);
  rest_.erase(0, size);
  if (sequence) {
    const key_name* known = special(std::string_view(whole).substr(2));
    return known == nullptr ? std::nullopt : std::optional(key{*known});
  }
  if (first == escape_byte) return key{key_name::escape};
  if (const key_name* known = control_key(first)) return key{*known};
  if (static_cast<unsigned char>(first) < 0x20) return std::nullopt;
  return key{key_name::text, whole};
}

}  // namespace triggerd::ctl
