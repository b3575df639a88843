// A power cut at any moment: what the ledger called durable is there, and what it did not is there whole or not at all.
#include "unit/store/forgetful_disk.hpp"
#include "unit/store/world.hpp"

#include "store/codes.hpp"

#include <map>

using namespace triggerd;
using namespace triggerd::test;

namespace {

using dice = forgetful_disk::dice;
using facts = std::map<std::string, std::string>;  // what a reader can learn of a ledger

constexpr int lives = 5;           // of one ledger, each ended by a cut
constexpr int actions_a_fire = 3;  // some bodies are larger than a page
constexpr int first_changes = 30;  // to the disk: an open takes about as many
constexpr int most_changes = 240;

std::string told(const action_row& of) {
  return std::string(name(of.state)) + ' ' + of.run + ' ' + std::to_string(std::hash<std::string>()(of.body));
}

// Writes without end, and remembers what a reader must find after each batch.
class author {
 public:
  explicit author(dice& chance) : chance_(chance) {}

  // One batch: the intents of a fire, or what came of some, with what a job remembers of it.
  void write(ledger& to) {
    now_ = after_.empty() ? durable_ : after_.back();
    if (open_.size() < 2 || chance_() % 2 == 0) intend(to);
    else conclude(to);
    const std::string name = "run_" + std::to_string(chance_() % 20);
    if (chance_() % 3 == 0) {
      to.forget("replayed", name);
      now_.erase("memory " + name);
    } else {
      memory_row row{"replayed", name, std::to_string(++written_), "job", "fire", at_ms(1)};
      now_["memory " + name] = row.value;
      to.remember(row);
    }
    to.set("clock", std::to_string(++written_));
    now_["setting"] = std::to_string(written_);
    after_.push_back(std::move(now_));
  }
  std::size_t batches() const { return after_.size(); }

  // The ledger said so of this batch, and with it of those before.
  void acknowledged(std::size_t batch) { promised_ = std::max(promised_, batch); }

  // Whether this is what must be there; then it is what the next life begins with.
  bool accept(const facts& found) {
    bool good = promised_ == 0 && found == durable_;
    for (std::size_t i = std::max<std::size_t>(promised_, 1); i <= after_.size() && !good; ++i)
      good = found == after_[i - 1];
    durable_ = found;
    after_.clear();
    promised_ = 0;
    open_.clear();
    for (const auto& [what, state] : durable_)
      if (what.starts_with("action ") && state.starts_with("intended")) open_.push_back(what);
    return good;
  }

  facts read(runner& by, ledger& from) const {
    facts out;
    for (int i = 1; i <= fires_; ++i) {
      const std::string id = fire_id(i);
      if (const auto row = by.run(from.fire(id)).value()) out["fire " + id] = row->note;
      if (by.run(from.legs(id)).value().size() == 1) out["leg " + id] = "";
      for (const auto& one : by.run(from.actions(id, "t", 0, 10, false)).value())
        out["action " + id + ' ' + std::to_string(one.number)] = told(one);
    }
    for (const auto& row : by.run(from.recall_all("replayed", "", 100)).value()) out["memory " + row.name] = row.value;
    if (const auto clock = by.run(from.get("clock")).value()) out["setting"] = *clock;
    return out;
  }

 private:
  static std::string fire_id(int number) { return "fire" + std::to_string(number); }

  void intend(ledger& to) {
    const std::string id = fire_id(++fires_);
    to.put(a_fire(id));
    now_["fire " + id] = a_fire(id).note;
    to.put(a_leg(id, "t"));
    now_["leg " + id] = "";
    for (std::uint64_t n = 0; n < actions_a_fire; ++n) {
      action_row row = an_action(id, "t", n);
      row.body.assign(chance_() % 4 == 0 ? 9'000 : 100, static_cast<char>('a' + chance_() % 26));
      to.put(row);
      const std::string what = "action " + id + ' ' + std::to_string(n);
      now_[what] = told(row);
      open_.push_back(what);
    }
  }
  void conclude(ledger& to) {
    std::swap(open_[chance_() % open_.size()], open_.back());
    const std::string what = std::move(open_.back());
    open_.pop_back();
    action_row row;
    row.run = "run_" + std::to_string(++written_);
    row.state = action_state::done;
    const std::size_t blank = what.rfind(' ');
    action_change change = a_change(what.substr(7, blank - 7), "t", std::stoul(what.substr(blank)));
    change.state = row.state;
    change.run = row.run;
    change.drop_body = true;
    to.change(change);
    now_[what] = told(row);
  }

  dice& chance_;
  int fires_ = 0;
  std::uint64_t written_ = 0;
  std::vector<std::string> open_;  // intended, and nothing came of them yet
  facts durable_;                  // what the last life left
  std::vector<facts> after_;       // each batch of this one
  std::size_t promised_ = 0;       // of these batches
  facts now_;
};

task<> note_commit(ledger& of, author& by, std::size_t batch, bool& refused) {
  const auto done = co_await of.commit();
  if (done) by.acknowledged(batch);
  else refused = true;
}

// From an open to a cut, which may come before the open is through.
void live(sqlite_world& w, forgetful_disk& disk, author& by, dice& chance) {
  disk.cut_after(static_cast<int>(chance() % (chance() % 3 == 0 ? first_changes : most_changes)) + 1);
  auto options = sqlite_world::quick();
  if (chance() % 2 == 0) options.pacing.log_room = 192 << 10;
  auto opened = sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal, std::move(options));
  if (!opened) {
    CHECK_MESSAGE(opened.error().code == store::codes::disk, opened.error().describe());
    return;
  }
  bool refused = false;
  while (!refused && !disk.dark()) {
    for (auto together = chance() % 3 + 1; together > 0; --together) {
      by.write(**opened);
      w.spawn(note_commit(**opened, by, by.batches(), refused));
    }
    w.spin();
    // Sometimes quiet for long enough that the log is folded.
    if (chance() % 8 == 0) std::this_thread::sleep_for(2 * sqlite_world::quick().pacing.idle_checkpoint);
  }
  if (chance() % 4 == 0) w.run((*opened)->close());
}

// What is wrong after the power is back; empty: nothing.
std::string look(sqlite_world& w, author& by) {
  auto opened = sqlite_ledger::open(w.path(), w.loop.get_executor(), w.time, w.journal, sqlite_world::quick());
  if (!opened) return opened.error().describe();
  std::string wrong;
  if (!by.accept(by.read(w, **opened))) wrong = "the rows are none of those that may be there";
  if (w.run((*opened)->get(restored_setting)).value()) wrong = "the ledger takes itself for a copy";
  w.run((*opened)->close());
  return wrong;
}

// The first thing that is wrong in several lives of one ledger.
std::string several_lives(std::uint64_t seed, forgetful_disk::manner how) {
  dice chance(seed);
  sqlite_world w;
  w.run(w.book().close());
  w.book_.reset();
  forgetful_disk disk(how);
  author by(chance);
  for (int life = 0; life < lives; ++life) {
    live(w, disk, by, chance);
    disk.restore(chance);
    const std::string wrong = look(w, by);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace

TEST_CASE("after a power cut at any moment every commit that was acknowledged is there, and none by halves") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    CHECK(several_lives(seed, forgetful_disk::manner::honest) == "");
  }
}

TEST_CASE("a disk that only says it has synced is found out") {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed)
    if (!several_lives(seed, forgetful_disk::manner::lies_about_sync).empty()) ++noticed;
  CHECK(noticed > 4);
}
