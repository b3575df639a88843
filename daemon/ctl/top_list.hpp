// The rows of one pane: which of them a filter leaves, and which one is chosen.
#pragma once

#include "ctl/reading.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace triggerd::ctl {

class top_list {
 public:
  // The member that names a row, and the text a filter looks in.
  top_list(const char* name, std::function<std::string(const json&)> words);

  void put(std::vector<json> rows);
  void filter(const std::string& text);  // letters match whatever their case

  const std::vector<const json*>& shown() const { return shown_; }
  std::size_t known() const { return rows_.size(); }

  // The choice follows its row when others come and go.
  void move(std::ptrdiff_t by);
  std::size_t chosen() const { return chosen_; }
  const json* choice() const { return shown_.empty() ? nullptr : shown_[chosen_]; }
  std::string name_of_choice() const { return choice() == nullptr ? std::string() : text_in(*choice(), name_); }

 private:
  void sift();
  const char* name_;
  std::function<std::string(const json&)> words_;
  std::string filter_;
  std::vector<json> rows_;
  std::vector<const json*> shown_;
  std::size_t chosen_ = 0;
  std::string followed_;
};

}  // namespace triggerd::ctl
