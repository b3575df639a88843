// What the live view knows and does: replies and key presses go in, calls to the daemon come out. Knows no terminal.
#pragma once

#include "control/client.hpp"
#include "ctl/progress.hpp"
#include "ctl/top_history.hpp"
#include "ctl/top_keys.hpp"
#include "ctl/top_list.hpp"

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>

namespace triggerd::ctl {

enum class top_pane { targets, jobs, fires };
inline constexpr std::array top_panes{top_pane::targets, top_pane::jobs, top_pane::fires};

struct top_question {
  enum class about { status, targets, jobs, unfinished, fires, fire, change };
  about what = about::status;
  std::string method;
  json parameters = json::object();
};

class top_model {
 public:
  enum class mode { lists, filter, sure, help };

  top_model(std::string socket, milliseconds every);

  // --- the daemon: one call at a time
  std::optional<top_question> next(steady_time now);
  steady_time due() const { return due_; }  // of the next round, or of the next attempt to connect
  void answered(const top_question& asked, const control::answer& got, steady_time at);
  void lost(const error& why, steady_time at);  // nobody is connected

  // --- the person
  void press(const key& pressed);
  bool over() const { return over_; }

  // --- for the view
  mode now_in() const { return mode_; }
  top_pane focus() const { return focus_; }
  const top_list& list(top_pane of) const { return lists_[static_cast<std::size_t>(of)]; }
  const json& status() const { return status_; }
  const top_history* history(const std::string& target) const;
  const progress* progress_of(const std::string& fire) const;
  const std::string& filter() const { return filter_; }
  const std::string& message() const { return message_; }
  const std::string& doomed() const { return doomed_; }        // the fire that a yes cancels
  const std::string& open_fire() const { return open_fire_; }  // empty: none
  const json& fire() const { return fire_; }                   // the reply about it; empty: not yet
  std::size_t scrolled() const { return scrolled_; }
  std::string absence(steady_time now) const;  // in words; empty: the daemon answers

 private:
  top_list& list_of(top_pane of) { return lists_[static_cast<std::size_t>(of)]; }
  top_list& focused() { return list_of(focus_); }
  void begin_round();
  void see(const top_question& asked, const json& reply, steady_time at);
  void see_targets(const json& reply, steady_time at);
  void see_fires(const json& reply, steady_time at);
  void press_in_lists(const key& pressed);
  void press_letter(const std::string& letter);
  void press_in_filter(const key& pressed);
  void press_when_asked(const key& pressed);
  void move(std::ptrdiff_t by);
  void set_filter(const std::string& text);
  void ask_to(const char* method, json parameters);
  void change_hold(const char* method);
  void ask_whether_to_cancel();
  void open_chosen_fire();

  std::string socket_;
  milliseconds every_;
  steady_time due_{};
  std::deque<top_question> round_;
  std::deque<top_question> changes_;
  std::optional<steady_time> asked_at_, absent_since_;
  std::string denied_;  // why the socket may not be opened

  std::array<top_list, top_panes.size()> lists_;
  json status_ = json::object();
  std::vector<json> unfinished_;
  std::map<std::string, top_history> histories_;
  std::map<std::string, progress> moving_;

  mode mode_ = mode::lists;
  top_pane focus_ = top_pane::targets;
  std::string filter_, message_, doomed_, open_fire_;
  json fire_ = json::object();
  std::size_t scrolled_ = 0;
  bool over_ = false;
};

}  // namespace triggerd::ctl
