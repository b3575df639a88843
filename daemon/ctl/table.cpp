#include "ctl/table.hpp"

#include "ctl/words.hpp"

#include <algorithm>
#include <numeric>

namespace triggerd::ctl {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8;  // a column that gives way keeps so much
constexpr std::size_t readable = 16;  // spare columns go before one that gives way becomes narrower than this

std::size_t with_gaps(const std::vector<std::size_t>& widths) {
  const auto shown =
      static_cast<std::size_t>(std::count_if(widths.begin(), widths.end(), [](auto w) { return w > 0; }));
  return std::accumulate(widths.begin(), widths.end(), shown > 0 ? (shown - 1) * gap : 0);
}

}  // namespace

void table::add(std::vector<cell> row) {
  row.resize(columns_.size());
  rows_.push_back(std::move(row));
}

void table::drop_spare(std::vector<std::size_t>& widths, std::size_t room) const {
  for (;;) {
    std::vector<std::size_t> least = widths;
    std::size_t goes = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (columns_[i].gives_way) least[i] = std::min(widths[i], readable);
      const bool may_go = widths[i] > 0 && columns_[i].spare > 0;
      if (may_go && (goes == widths.size() || columns_[i].spare > columns_[goes].spare)) goes = i;
    }
    if (with_gaps(least) <= room || goes == widths.size()) return;
    widths[goes] = 0;
  }
}

// 0 for a column that is left out.
std::vector<std::size_t> table::widths(const screen& on) const {
  std::vector<std::size_t> out(columns_.size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) out[i] = std::max(out[i], columns(row[i].text));
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i] > 0) out[i] = std::max(out[i], columns(columns_[i].title));
  if (on.width == 0) return out;

  drop_spare(out, on.width);
  std::size_t total = with_gaps(out);
  // The widest of those that may be cut loses a column at a time, so that they end up alike.
  while (total > on.width) {
    std::size_t widest = out.size();
    for (std::size_t i = 0; i < out.size(); ++i)
      if (columns_[i].gives_way && out[i] > narrowest && (widest == out.size() || out[i] > out[widest])) widest = i;
    if (widest == out.size()) break;
    --out[widest];
    --total;
  }
  return out;
}

std::string table::render(const screen& on) const {
  if (rows_.empty()) return {};
  const auto wide = widths(on);
  const auto last = static_cast<std::size_t>(
      std::find_if(wide.rbegin(), wide.rend(), [](auto w) { return w > 0; }).base() - wide.begin());
  std::string out;
  const auto line = [&](const std::vector<cell>& row) {
    std::string painted;
    std::size_t used = 0;
    for (std::size_t i = 0; i < last; ++i) {
      if (wide[i] == 0) continue;
      if (used > 0) {
        painted.append(gap, ' ');
        used += gap;
      }
      // Even columns that never give way end at the screen's edge.
      const std::size_t room = on.width == 0 ? wide[i] : std::min(wide[i], on.width > used ? on.width - used : 0);
      if (room == 0) break;
      const std::string clipped = clip(row[i].text, room);
      const std::string padded = i + 1 == last && !columns_[i].right ? clipped : pad(clipped, room, columns_[i].right);
      painted += paint(padded, row[i].how, on);
      used += room;
    }
    painted.erase(painted.find_last_not_of(' ') + 1);
    out += painted + "\n";
  };
  std::vector<cell> titles;
  for (const column& c : columns_) titles.emplace_back(c.title, tint::faint);
  line(titles);
  for (const auto& row : rows_) line(row);
  return out;
}

}  // namespace triggerd::ctl
