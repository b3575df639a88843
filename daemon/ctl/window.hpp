// The two streams of a person's terminal: answers on one, what is said beside them on the other.
#pragma once

#include "ctl/screen.hpp"

#include <string>

namespace triggerd::ctl {

class window {
 public:
  screen out() const;
  screen err() const;
  steady_time steady() const { return time_.steady(); }
  instant now() const { return time_.now(); }

  void print(const std::string& text);
  // One line that the next one replaces; only where a person watches.
  void live(const std::string& line);
  void rub_out();
  bool broken() const;  // nobody reads us any more

 private:
  machine_clock time_;
  bool live_ = false;
};

}  // namespace triggerd::ctl
