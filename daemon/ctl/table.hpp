// A table for people: columns as wide as their widest cell, cut where the terminal ends; empty columns
// are left out, and spare ones where there is no room.
#pragma once

#include "ctl/screen.hpp"

#include <string>
#include <vector>

namespace triggerd::ctl {

struct cell {
  std::string text;
  tint how = tint::none;

  cell(std::string t = {}, tint h = tint::none) : text(std::move(t)), how(h) {}
  cell(const char* t) : text(t) {}
};

struct column {
  std::string title;
  bool right = false;      // numbers
  bool gives_way = false;  // is cut first when the screen is narrow
  int spare = 0;           // left out on a narrow screen, the highest first; 0: never
};

class table {
 public:
  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<cell> row);  // missing cells at the end are empty
  bool empty() const { return rows_.empty(); }
  std::string render(const screen& on) const;  // with a title line; every line ends with '\n'

 private:
  void drop_spare(std::vector<std::size_t>& widths, std::size_t room) const;
  std::vector<std::size_t> widths(const screen& on) const;
  std::vector<column> columns_;
  std::vector<std::vector<cell>> rows_;
};

}  // namespace triggerd::ctl
