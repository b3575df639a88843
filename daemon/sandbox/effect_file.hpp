// The log of effects as a file: one line of JSON each, as they happen.
#pragma once

#include "base/result.hpp"
#include "sandbox/effects.hpp"

#include <cstdio>
#include <memory>

namespace triggerd::rehearsal {

class effect_file {
 public:
  static result<effect_file> create(const std::string& path);  // what stood there is gone

  void append(const sandbox::effect& one);
  // To the operating system. False when a line could not be written, now or before.
  bool flush();

 private:
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit effect_file(std::FILE* file) : file_(file) {}

  std::unique_ptr<std::FILE, closer> file_;
  bool dirty_ = false;
  bool whole_ = true;
};

}  // namespace triggerd::rehearsal
