// The terminal as a live view needs it: another screen, no cursor, every key at once. Gives it back as it was.
#pragma once

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include <termios.h>

namespace triggerd::ctl {

class top_terminal {
 public:
  top_terminal();
  ~top_terminal();
  top_terminal(const top_terminal&) = delete;
  top_terminal& operator=(const top_terminal&) = delete;

  // Only the lines that changed.
  void draw(const std::vector<std::string>& lines);
  void draw_all_next() { shown_.clear(); }
  bool gone() const { return gone_; }
  std::string read();

 private:
  void write(std::string_view bytes);
  termios before_{};
  std::vector<std::string> shown_;
  bool gone_ = false;
};

// Signals as something to poll while this lives.
class top_signals {
 public:
  top_signals();
  ~top_signals();
  top_signals(const top_signals&) = delete;
  top_signals& operator=(const top_signals&) = delete;

  int descriptor() const { return descriptor_; }
  int take();  // 0: none came

 private:
  sigset_t before_{};
  int descriptor_ = -1;
};

}  // namespace triggerd::ctl
