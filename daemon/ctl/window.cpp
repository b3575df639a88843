#include "ctl/window.hpp"

#include <iostream>

#include <unistd.h>

namespace triggerd::ctl {

screen window::out() const { return screen_of(STDOUT_FILENO, time_.now()); }

screen window::err() const { return screen_of(STDERR_FILENO, time_.now()); }

void window::print(const std::string& text) {
  rub_out();
  std::cout << text << std::flush;
}

void window::live(const std::string& line) {
  if (::isatty(STDERR_FILENO) == 0) return;
  std::cerr << "\r\033[K" << line << std::flush;
  live_ = true;
}

void window::rub_out() {
  if (live_) std::cerr << "\r\033[K" << std::flush;
  live_ = false;
}

bool window::broken() const { return !std::cout.good(); }

}  // namespace triggerd::ctl
