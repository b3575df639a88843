#include "ctl/top.hpp"

#include "commands/interface.hpp"
#include "control/client.hpp"
#include "ctl/asking.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/top_terminal.hpp"
#include "ctl/top_view.hpp"
#include "spec/units.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace triggerd::ctl {

namespace {

constexpr auto longest_look = milliseconds(1'000);  // what is said of an absent daemon changes each second
constexpr auto rest_of_a_key = milliseconds(50);
constexpr auto fastest = milliseconds(100), slowest = milliseconds(60'000);

bool moves_its_cursor() {
  const char* term = std::getenv("TERM");
  return term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

// Waits for keys, signals and the daemon at once, and hands everything to the model.
class live_view {
 public:
  live_view(std::string socket, milliseconds every, window& on)
      : socket_(std::move(socket)), on_(on), model_(socket_, every) {}

  // Gives the signal that ended it, 0 for a key.
  int run() {
    while (!model_.over() && !terminal_.gone() && ended_by_ == 0) {
      talk();
      terminal_.draw(top_lines(model_, on_.out(), on_.steady()));
      wait();
    }
    return ended_by_;
  }

 private:
  void talk() {
    if (!door_ && on_.steady() >= model_.due()) connect();
    if (!door_ || asked_) return;
    asked_ = model_.next(on_.steady());
    if (!asked_) return;
    const std::string method = commands::control_interface().qualified(asked_->method);
    if (const auto sent = door_->ask(method, asked_->parameters); !sent) hang_up(sent.error());
  }

  void connect() {
    auto made = control::client::connect(socket_);
    if (made) door_.emplace(std::move(*made));
    else model_.lost(made.error(), on_.steady());
  }

  void hang_up(const error& why) {
    door_.reset();
    asked_.reset();
    model_.lost(why, on_.steady());
  }

  void wait() {
    std::array<pollfd, 3> on{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{signals_.descriptor(), POLLIN, 0},
                             pollfd{door_ ? door_->descriptor() : -1, POLLIN, 0}};
    const int got = ::poll(on.data(), on.size(), static_cast<int>(patience().count()));
    if (got == 0 && keys_.waits()) press(keys_.give_up());
    if (on[0].revents != 0) press(keys_.feed(terminal_.read()));
    if (on[1].revents != 0) heed(signals_.take());
    if (on[2].revents != 0) hear();
  }

  milliseconds patience() const {
    if (keys_.waits()) return rest_of_a_key;
    if (asked_) return longest_look;
    const auto until_due = std::chrono::ceil<milliseconds>(model_.due() - on_.steady());
    return std::clamp(until_due, milliseconds(0), longest_look);
  }

  void press(const std::vector<key>& pressed) {
    for (const key& one : pressed) {
      if (one.name == key_name::redraw) terminal_.draw_all_next();
      model_.press(one);
    }
  }

  void heed(int signal) {
    if (signal == SIGWINCH || signal == SIGCONT) terminal_.draw_all_next();
    else ended_by_ = signal;
  }

  void hear() {
    auto got = door_->taken();
    if (!got) return;
    const auto asked = std::exchange(asked_, std::nullopt);
    if (!*got && got->error().name.empty()) return hang_up(got->error().why);
    if (asked) model_.answered(*asked, *got, on_.steady());
  }

  std::string socket_;
  window& on_;
  top_model model_;
  top_signals signals_;
  top_terminal terminal_;
  key_reader keys_;
  std::optional<control::client> door_;
  std::optional<top_question> asked_;
  int ended_by_ = 0;
};

}  // namespace

void top_options(CLI::App& of, arguments& into) {
  of.add_option("--every", into.every, "How often it looks; 1s unless said")->type_name("DURATION");
}

int top(const arguments& said, window& to) {
  const auto every = spec::parse_duration(said.every.empty() ? "1s" : said.every);
  if (!every) return report_usage("--every: " + every.error().message, said, to);
  if (*every < fastest || *every > slowest) return report_usage("--every: from 100ms to 1m", said, to);
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
    return report_usage("top needs a terminal; triggerctl status tells how things stand without one", said, to);
  if (!moves_its_cursor())
    return report_usage("top needs a terminal that moves its cursor, and TERM names none; use triggerctl status", said,
                        to);
  int ended_by = 0;
  try {
    ended_by = live_view(said.socket.empty() ? default_socket() : said.socket, *every, to).run();
  } catch (const std::exception& e) {  // caught, so that the terminal is given back
    std::cerr << "triggerctl: " << e.what() << "\n";
    return exit_code::failed;
  }
  if (ended_by != 0) std::raise(ended_by);  // the shell learns how it ended
  return exit_code::done;
}

}  // namespace triggerd::ctl
