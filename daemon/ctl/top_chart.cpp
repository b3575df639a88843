#include "ctl/top_chart.hpp"

#include "ctl/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace triggerd::ctl {

namespace {

struct stroke {
  std::string_view utf8;
  char ascii;
};

constexpr std::array steps{stroke{"▁", '_'}, stroke{"▂", '.'}, stroke{"▃", ':'}, stroke{"▄", '-'},
                           stroke{"▅", '='}, stroke{"▆", '+'}, stroke{"▇", '*'}, stroke{"█", '#'}};
constexpr std::array others{stroke{"─", '-'}, stroke{"…", '~'}};

char ascii_for(std::string_view character) {
  for (const stroke& one : steps)
    if (one.utf8 == character) return one.ascii;
  for (const stroke& one : others)
    if (one.utf8 == character) return one.ascii;
  return '?';
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

std::string sparkline(const std::vector<double>& values) {
  const double highest = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  std::string out;
  for (const double v : values) {
    const double share = highest > 0 ? std::clamp(v / highest, 0.0, 1.0) : 0;
    out += steps[static_cast<std::size_t>(std::ceil(share * static_cast<double>(steps.size() - 1)))].utf8;
  }
  return out;
}

std::string as_ascii(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    std::size_t size = 1;
    while (size < utf8.size() && continues(utf8[size])) ++size;
    const std::string_view one = utf8.substr(0, size);
    if (size == 1 && static_cast<unsigned char>(one[0]) < 0x80) out += one;
    else out.append(columns(one), ascii_for(one));
    utf8.remove_prefix(size);
  }
  return out;
}

}  // namespace triggerd::ctl
