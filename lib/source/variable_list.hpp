// Collects variables: order of first appearance, last value wins.
#pragma once

#include "source/variables.hpp"

#include <map>

namespace triggerd::source {

class variable_list {
 public:
  void set(variable what) {
    const auto [at, fresh] = places_.emplace(what.name, all_.size());
    if (fresh) all_.push_back(std::move(what));
    else all_[at->second] = std::move(what);
  }
  std::vector<variable> take() { return std::move(all_); }

 private:
  std::vector<variable> all_;
  std::map<std::string, std::size_t> places_;
};

}  // namespace triggerd::source
