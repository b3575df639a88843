#include "ctl/top_model.hpp"

#include "base/text.hpp"
#include "control/codes.hpp"
#include "ctl/change_view.hpp"
#include "ctl/failure_view.hpp"
#include "ctl/words.hpp"

#include <algorithm>

namespace triggerd::ctl {

namespace {

using about = top_question::about;

constexpr auto between_attempts = std::chrono::seconds(1);
constexpr auto silence = std::chrono::seconds(3);  // before it is said that the daemon does not answer
constexpr std::int64_t fires_shown = 50;
constexpr std::ptrdiff_t page_of_rows = 10;

top_question question(about what, std::string method, json parameters = json::object()) {
  return {what, std::move(method), std::move(parameters)};
}

std::string words_of_target(const json& t) {
  return text_in(t, "name") + " " + text_in(t, "state") + " " + text_in(t, "project") + " " +
         text_in(t, "environment") + " " + text_in(t, "branch");
}

std::string words_of_job(const json& j) {
  std::string out = text_in(j, "name") + " " + text_in(j, "kind");
  for (const json& target : array_in(j, "targets")) out += " " + safe(target);
  return out;
}

std::string words_of_fire(const json& f) {
  std::string out = text_in(f, "id") + " " + text_in(f, "job") + " " + text_in(f, "state");
  for (const json& leg : array_in(f, "legs")) out += " " + text_in(leg, "target");
  return out;
}

std::vector<json> rows_in(const json& reply, const char* name) {
  return array_in(reply, name).get<std::vector<json>>();
}

bool unfinished(const json& fire) { return !has(fire, "ended"); }

std::string without_last_character(std::string text) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
  while (!text.empty() && continues(text.back())) text.pop_back();
  if (!text.empty()) text.pop_back();
  return text;
}

std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

std::string words_of_change(const top_question& asked, const json& reply, instant now) {
  screen plain;
  plain.now = now;
  if (asked.method == "Pause") return first_line(show_pause(reply, plain));
  if (asked.method == "Resume") return first_line(show_resume(reply, plain));
  return first_line(show_cancel(reply, plain));
}

// What stands in `of` for these names only.
template <typename Of>
void keep_only(std::map<std::string, Of>& of, const std::vector<json>& rows, const char* name) {
  std::map<std::string, Of> kept;
  for (const json& row : rows)
    if (const auto found = of.find(text_in(row, name)); found != of.end()) kept.insert(of.extract(found));
  of = std::move(kept);
}

}  // namespace

top_model::top_model(std::string socket, milliseconds every)
    : socket_(std::move(socket)),
      every_(every),
      lists_{top_list("name", words_of_target), top_list("name", words_of_job), top_list("id", words_of_fire)} {}

// --- the daemon ---

void top_model::begin_round() {
  round_.push_back(question(about::status, "Status"));
  round_.push_back(question(about::targets, "Targets"));
  round_.push_back(question(about::jobs, "Jobs"));
  // One that has run for long may be older than the newest ones.
  round_.push_back(question(about::unfinished, "Fires", {{"state", "running"}, {"limit", fires_shown}}));
  round_.push_back(question(about::fires, "Fires", {{"limit", fires_shown}}));
  if (!open_fire_.empty()) round_.push_back(question(about::fire, "Fire", {{"id", open_fire_}}));
}

std::optional<top_question> top_model::next(steady_time now) {
  if (changes_.empty() && round_.empty() && now >= due_) {
    begin_round();
    due_ = now + every_;
  }
  auto& from = changes_.empty() ? round_ : changes_;
  if (from.empty()) return std::nullopt;
  top_question out = std::move(from.front());
  from.pop_front();
  asked_at_ = now;
  return out;
}

void top_model::answered(const top_question& asked, const control::answer& got, steady_time at) {
  if (!got && got.error().name.empty()) return lost(got.error().why, at);
  asked_at_.reset();
  absent_since_.reset();
  if (asked.what == about::change) due_ = at;
  if (got) return see(asked, *got, at);
  message_ = words_of_failure(got.error());
  if (asked.what == about::fire) open_fire_.clear();
}

void top_model::lost(const error& why, steady_time at) {
  round_.clear();
  changes_.clear();
  asked_at_.reset();
  if (!absent_since_) absent_since_ = at;
  denied_ = why.code == control::codes::denied ? why.message : std::string();
  due_ = at + between_attempts;
}

std::string top_model::absence(steady_time now) const {
  const auto since = [now](steady_time from) { return span(std::chrono::duration_cast<milliseconds>(now - from)); };
  if (absent_since_) {
    const std::string why = denied_.empty() ? "no daemon answers at " + text::printable(socket_) : denied_;
    return "away since " + since(*absent_since_) + ", trying again: " + why;
  }
  if (asked_at_ && now - *asked_at_ > silence) return "the daemon has not answered for " + since(*asked_at_);
  return {};
}

void top_model::see(const top_question& asked, const json& reply, steady_time at) {
  switch (asked.what) {
    case about::status: status_ = reply; break;
    case about::targets: see_targets(reply, at); break;
    case about::jobs: list_of(top_pane::jobs).put(rows_in(reply, "jobs")); break;
    case about::unfinished: unfinished_ = rows_in(reply, "fires"); break;
    case about::fires: see_fires(reply, at); break;
    case about::fire: fire_ = reply; break;
    case about::change:
      message_ = words_of_change(asked, reply, text::parse_iso(text_in(status_, "now")).value_or(instant()));
      break;
  }
}

void top_model::see_targets(const json& reply, steady_time at) {
  std::vector<json> targets = rows_in(reply, "targets");
  keep_only(histories_, targets, "name");
  for (const json& one : targets) histories_[text_in(one, "name")].see(one, at);
  list_of(top_pane::targets).put(std::move(targets));
}

// Those that run first, then the newest.
void top_model::see_fires(const json& reply, steady_time at) {
  std::vector<json> all = rows_in(reply, "fires");
  for (const json& one : unfinished_) {
    const std::string id = text_in(one, "id");
    const bool there = std::any_of(all.begin(), all.end(), [&id](const json& f) { return text_in(f, "id") == id; });
    if (!there) all.push_back(one);
  }
  std::stable_partition(all.begin(), all.end(), unfinished);
  keep_only(moving_, all, "id");
  for (const json& one : all) moving_[text_in(one, "id")].see(one, at);
  list_of(top_pane::fires).put(std::move(all));
}

const top_history* top_model::history(const std::string& target) const {
  const auto found = histories_.find(target);
  return found == histories_.end() ? nullptr : &found->second;
}

const progress* top_model::progress_of(const std::string& fire) const {
  const auto found = moving_.find(fire);
  return found == moving_.end() ? nullptr : &found->second;
}

// --- the person ---

void top_model::press(const key& pressed) {
  message_.clear();
  if (pressed.name == key_name::interrupt) over_ = true;
  else if (mode_ == mode::help) mode_ = mode::lists;
  else if (mode_ == mode::filter) press_in_filter(pressed);
  else if (mode_ == mode::sure) press_when_asked(pressed);
  else press_in_lists(pressed);
}

void top_model::press_in_lists(const key& pressed) {
  switch (pressed.name) {
    case key_name::text: press_letter(pressed.text); break;
    case key_name::up: move(-1); break;
    case key_name::down: move(1); break;
    case key_name::page_up: move(-page_of_rows); break;
    case key_name::page_down: move(page_of_rows); break;
    case key_name::home: move(-static_cast<std::ptrdiff_t>(focused().known())); break;
    case key_name::end: move(static_cast<std::ptrdiff_t>(focused().known())); break;
    case key_name::tab: focus_ = top_panes[(static_cast<std::size_t>(focus_) + 1) % top_panes.size()]; break;
    case key_name::enter: open_chosen_fire(); break;
    case key_name::escape:
      if (open_fire_.empty()) set_filter("");
      open_fire_.clear();
      break;
    default: break;
  }
}

void top_model::press_letter(const std::string& letter) {
  if (letter == "q" && !open_fire_.empty()) open_fire_.clear();
  else if (letter == "q") over_ = true;
  else if (letter == "j") move(1);
  else if (letter == "k") move(-1);
  else if (letter == "?") mode_ = mode::help;
  else if (letter == "c") ask_whether_to_cancel();
  else if (!open_fire_.empty()) return;
  else if (letter == "/") mode_ = mode::filter;
  else if (letter == "p") change_hold("Pause");
  else if (letter == "r") change_hold("Resume");
  else if (letter >= "1" && letter <= "3") focus_ = top_panes[static_cast<std::size_t>(letter[0] - '1')];
}

void top_model::press_in_filter(const key& pressed) {
  switch (pressed.name) {
    case key_name::text: set_filter(filter_ + pressed.text); break;
    case key_name::erase: set_filter(without_last_character(filter_)); break;
    case key_name::escape:
      set_filter("");
      mode_ = mode::lists;
      break;
    case key_name::enter: mode_ = mode::lists; break;
    default: break;
  }
}

void top_model::press_when_asked(const key& pressed) {
  mode_ = mode::lists;
  if (pressed.name != key_name::text || pressed.text != "y") {
    message_ = "not cancelled";
    return;
  }
  ask_to("Cancel", {{"fire", doomed_}});
}

void top_model::move(std::ptrdiff_t by) {
  if (open_fire_.empty()) return focused().move(by);
  const auto rows = array_in(object_in(fire_, "fire"), "legs").size() + array_in(fire_, "actions").size();
  const auto to = static_cast<std::ptrdiff_t>(scrolled_) + by;
  scrolled_ = static_cast<std::size_t>(std::clamp(to, std::ptrdiff_t{0}, static_cast<std::ptrdiff_t>(rows)));
}

void top_model::set_filter(const std::string& text) {
  filter_ = text;
  for (top_list& one : lists_) one.filter(filter_);
}

void top_model::change_hold(const char* method) {
  const std::string name = focused().name_of_choice();
  if (focus_ == top_pane::fires || name.empty()) {
    message_ = "choose a target or a job to pause or resume it";
    return;
  }
  // A job and a target may have the same name.
  const std::string what = (focus_ == top_pane::targets ? "name=" : "job:") + name;
  ask_to(method, {{"what", what}});
}

// What is asked of nobody is not asked of the next daemon.
void top_model::ask_to(const char* method, json parameters) {
  if (absent_since_) message_ = "not done: no daemon answers";
  else changes_.push_back(question(about::change, method, std::move(parameters)));
}

void top_model::ask_whether_to_cancel() {
  const json* fire = open_fire_.empty() ? list_of(top_pane::fires).choice() : &object_in(fire_, "fire");
  if (fire == nullptr || fire->empty() || (open_fire_.empty() && focus_ != top_pane::fires))
    message_ = "choose a fire to cancel it";
  else if (!unfinished(*fire)) message_ = "this fire has ended";
  else {
    doomed_ = text_in(*fire, "id");
    mode_ = mode::sure;
  }
}

void top_model::open_chosen_fire() {
  if (focus_ != top_pane::fires || !open_fire_.empty() || focused().choice() == nullptr) return;
  open_fire_ = focused().name_of_choice();
  fire_ = json::object();
  scrolled_ = 0;
  round_.push_front(question(about::fire, "Fire", {{"id", open_fire_}}));
}

}  // namespace triggerd::ctl
