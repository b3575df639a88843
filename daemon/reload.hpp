// Reads the files again: everything is prepared first and then put in force at once, or nothing has changed.
#pragma once

#include "base/async.hpp"
#include "keyring.hpp"
#include "reload_report.hpp"

#include <optional>
#include <string>

namespace triggerd {

struct instance;

// One reload at a time. Who asks while one runs waits for one more, shared by all who asked meanwhile: the files may
// have changed since the first began to read them.
class reloader {
 public:
  explicit reloader(instance& here) : here_(here) {}

  task<reload_report> run(std::string by);
  void ask();  // the same without an answer, for signals; many at once are one

  void loaded(reload_report at_start) { last_ = std::move(at_start); }
  const std::optional<reload_report>& last() const { return last_; }

 private:
  reload_report too_late() const;
  task<reload_report> once();
  task<> put_in_force(config::settings files, keyring::ring ring, reload_report& report);
  void tell(const reload_report& report, const std::string& by);
  task<> run_for_signal();

  instance& here_;
  std::optional<reload_report> last_;
  std::uint64_t begun_ = 0, ended_ = 0;
  bool running_ = false;
  bool signalled_ = false;
  condition done_;
};

}  // namespace triggerd
