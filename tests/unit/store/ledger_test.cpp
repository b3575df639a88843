#include "unit/store/world.hpp"

#include <map>
#include <set>
#include <tuple>

using namespace triggerd;
using namespace triggerd::test;

TEST_CASE_TEMPLATE("a fire comes back as it was put, also after a restart", World, BOTH_LEDGERS) {
  World w;
  fire_row row = a_fire("f1");
  row.ended = at_ms(77);
  row.state = fire_state::skipped;
  w.book().put(row);
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.run(w.book().fire("f1")).value() == row);
  w.restart();
  CHECK(w.run(w.book().fire("f1")).value() == row);
  CHECK_FALSE(w.run(w.book().fire("f2")).value().has_value());
}

TEST_CASE_TEMPLATE("every state of every row survives", World, BOTH_LEDGERS) {
  World w;
  for (int s = 0; s <= static_cast<int>(fire_state::skipped); ++s)
    w.book().put(a_fire("f" + std::to_string(s), "j", static_cast<fire_state>(s)));
  for (int s = 0; s <= static_cast<int>(leg_state::skipped); ++s) {
    leg_row row = a_leg("f0", "t" + std::to_string(s));
    row.state = static_cast<leg_state>(s);
    w.book().put(row);
  }
  for (int s = 0; s <= static_cast<int>(action_state::cancelled); ++s)
    w.book().put(an_action("f0", "t0", static_cast<std::uint64_t>(s), static_cast<action_state>(s)));
  w.restart();
  for (int s = 0; s <= static_cast<int>(fire_state::skipped); ++s)
    CHECK(w.run(w.book().fire("f" + std::to_string(s))).value()->state == static_cast<fire_state>(s));
  const auto legs = w.run(w.book().legs("f0")).value();
  REQUIRE(legs.size() == 7);
  for (std::size_t s = 0; s < legs.size(); ++s) CHECK(legs[s].state == static_cast<leg_state>(s));
  const auto actions = w.run(w.book().actions("f0", "t0", 0, 100, false)).value();
  REQUIRE(actions.size() == 6);
  for (std::size_t s = 0; s < actions.size(); ++s) CHECK(actions[s].state == static_cast<action_state>(s));
}

TEST_CASE_TEMPLATE("legs come back by target, and a second put replaces the first", World, BOTH_LEDGERS) {
  World w;
  const leg_row b = a_leg("f1", "b");
  leg_row a = a_leg("f1", "a");
  w.book().put(b);
  w.book().put(a);
  w.book().put(a_leg("f10", "c"));
  a.ended = at_ms(9);
  a.started.reset();
  a.planned = false;
  w.book().put(a);
  w.restart();
  const auto legs = w.run(w.book().legs("f1")).value();
  REQUIRE(legs.size() == 2);
  CHECK(legs[0] == a);
  CHECK(legs[1] == b);
}

TEST_CASE_TEMPLATE("memory is recalled by name in the order asked, and forgotten", World, BOTH_LEDGERS) {
  World w;
  const auto row = [](const std::string& space, const std::string& name, const std::string& value) {
    return memory_row{space, name, value, "job", "f", at_ms(3)};
  };
  w.book().remember(row("s", "b", "1"));
  w.book().remember(row("s", "a", "2"));
  w.book().remember(row("s", "b", "3"));
  w.book().remember(row("s2", "c", "4"));
  w.restart();
  const auto some = w.run(w.book().recall("s", {"b", "zz", "a"})).value();
  REQUIRE(some.size() == 2);
  CHECK(some[0] == row("s", "b", "3"));
  CHECK(some[1] == row("s", "a", "2"));
  w.book().forget("s", "b");
  w.book().forget("s", "never-there");
  CHECK(w.run(w.book().recall("s", {"b"})).value().empty());
  CHECK(w.run(w.book().recall("s2", {"c"})).value().size() == 1);
}

TEST_CASE_TEMPLATE("a whole memory space is walked page by page in byte order", World, BOTH_LEDGERS) {
  World w;
  for (const char* name : {"b", "a", "\xC3\xBC", "B", "aa"}) w.book().remember({"s", name, "v", "", "", at_ms(0)});
  w.book().remember({"t", "a", "v", "", "", at_ms(0)});
  std::string walked;
  std::string after;
  for (;;) {
    const auto page = w.run(w.book().recall_all("s", after, 2)).value();
    if (page.empty()) break;
    for (const auto& row : page) walked += row.name + " ";
    after = page.back().name;
  }
  CHECK(walked == "B a aa b \xC3\xBC ");
}

TEST_CASE_TEMPLATE("a setting is read back, replaced, and absent when never set", World, BOTH_LEDGERS) {
  World w;
  CHECK_FALSE(w.run(w.book().get("last:x")).value().has_value());
  w.book().set("last:x", "1");
  w.book().set("last:x", "2");
  w.book().set("empty", "");
  w.restart();
  CHECK(w.run(w.book().get("last:x")).value() == "2");
  CHECK(w.run(w.book().get("empty")).value() == "");
}

TEST_CASE_TEMPLATE("unfinished fires come oldest first and whole", World, BOTH_LEDGERS) {
  World w;
  w.book().put(a_fire("f3"));
  w.book().put(a_fire("f1", "j", fire_state::queued));
  w.book().put(a_fire("f2", "j", fire_state::done));
  w.book().put(a_fire("f4"));
  w.book().put(a_fire("f4", "j", fire_state::failed));
  const auto open = w.run(w.book().unfinished_fires()).value();
  REQUIRE(open.size() == 2);
  CHECK(open[0] == a_fire("f1", "j", fire_state::queued));
  CHECK(open[1] == a_fire("f3"));
}

TEST_CASE_TEMPLATE("fires are listed newest first, filtered and in pages, without their spec", World, BOTH_LEDGERS) {
  World w;
  w.book().put(a_fire("f1", "a", fire_state::done));
  w.book().put(a_fire("f2", "b", fire_state::done));
  w.book().put(a_fire("f3", "a", fire_state::failed));
  w.book().put(a_fire("f4", "a", fire_state::done));
  w.book().put(a_leg("f1", "shop"));
  w.book().put(a_leg("f4", "shop"));
  const auto ids = [&w](fire_filter which) {
    std::string out;
    for (const auto& row : w.run(w.book().fires(std::move(which))).value()) {
      CHECK(row.spec.empty());
      out += row.id + " ";
    }
    return out;
  };
  fire_filter any;
  CHECK(ids(any) == "f4 f3 f2 f1 ");
  fire_filter job;
  job.job = "a";
  CHECK(ids(job) == "f4 f3 f1 ");
  job.before = "f4";
  CHECK(ids(job) == "f3 f1 ");
  job.most = 1;
  CHECK(ids(job) == "f3 ");
  fire_filter target;
  target.target = "shop";
  CHECK(ids(target) == "f4 f1 ");
  target.job = "a";
  target.before = "f4";
  CHECK(ids(target) == "f1 ");
  fire_filter state;
  state.state = "failed";
  CHECK(ids(state) == "f3 ");
  state.state = "no-such-state";
  CHECK(ids(state).empty());
}

TEST_CASE_TEMPLATE("a read sees the writes queued before it without a commit", World, BOTH_LEDGERS) {
  World w;
  w.book().set("a", "1");
  CHECK(w.run(w.book().get("a")).value() == "1");
  w.book().set("a", "2");
  w.book().put(a_fire("f"));
  CHECK(w.run(w.book().get("a")).value() == "2");
  CHECK(w.run(w.book().unfinished_fires()).value().size() == 1);
}

TEST_CASE_TEMPLATE("the spool files that rows point to are listed in order", World, BOTH_LEDGERS) {
  World w;
  w.book().put(a_leg("f", "t"));
  for (const char* name : {"c", "a", ""}) {
    action_row row = an_action("f", "t", static_cast<std::uint64_t>(*name));
    row.spool = name;
    w.book().put(row);
  }
  CHECK(w.run(w.book().spooled()).value() == std::vector<std::string>{"a", "c"});
}

TEST_CASE_TEMPLATE("a commit with nothing to write completes at once and counts nothing", World, BOTH_LEDGERS) {
  World w;
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.book().health().commits == 0);
  w.book().set("a", "1");
  CHECK(w.book().health().queued == 1);
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.run(w.book().commit()).has_value());
  CHECK(w.book().health().commits == 1);
  CHECK(w.book().health().rows == 1);
  CHECK(w.book().health().queued == 0);
  CHECK(w.book().health().writable);
}

TEST_CASE_TEMPLATE("many commits at once share a few transactions and all complete", World, BOTH_LEDGERS) {
  World w;
  w.book().put(a_leg("f", "t"));
  int committed = 0;
  const auto one = [](ledger& book, int number, int& count) -> task<> {
    book.put(an_action("f", "t", static_cast<std::uint64_t>(number)));
    const auto kept = co_await book.commit();
    if (kept) ++count;
  };
  for (int i = 0; i < 2'000; ++i) w.spawn(one(w.book(), i, committed));
  w.spin();
  CHECK(committed == 2'000);
  CHECK(w.book().health().rows == 2'001);
  CHECK(w.run(w.book().actions("f", "t", 0, 5'000, false)).value().size() == 2'000);
  if (std::string(World::make) == "sqlite") CHECK(w.book().health().commits < 200);
}

TEST_CASE_TEMPLATE("settings come back by the beginning of their names", World, BOTH_LEDGERS) {
  World w;
  for (const char* name : {"last:b", "last:a", "last", "lastly", "last;", "start:a"}) w.book().set(name, name);
  w.restart();
  const auto some = w.run(w.book().settings("last:")).value();
  CHECK(some == std::map<std::string, std::string>{{"last:a", "last:a"}, {"last:b", "last:b"}});
  CHECK(w.run(w.book().settings("")).value().size() >= 6);
  CHECK(w.run(w.book().settings("nothing:")).value().empty());
}

TEST_CASE_TEMPLATE("of every job it is known when it last ended in each state that tells", World, BOTH_LEDGERS) {
  World w;
  const auto put = [&](const char* id, const char* job, fire_state state, std::optional<instant> ended) {
    fire_row row = a_fire(id, job, state);
    row.ended = ended;
    w.book().put(row);
  };
  put("f1", "a", fire_state::done, at_ms(50));
  put("f2", "a", fire_state::done, at_ms(30));
  put("f3", "a", fire_state::failed, at_ms(40));
  put("f4", "b", fire_state::unknown, at_ms(20));
  put("f5", "b", fire_state::cancelled, at_ms(90));
  put("f6", "c", fire_state::running, std::nullopt);
  w.restart();
  std::set<std::tuple<std::string, fire_state, instant>> seen;
  for (const job_end& one : w.run(w.book().last_ends()).value()) seen.emplace(one.job, one.state, one.ended);
  CHECK(seen == std::set<std::tuple<std::string, fire_state, instant>>{{"a", fire_state::done, at_ms(50)},
                                                                       {"a", fire_state::failed, at_ms(40)},
                                                                       {"b", fire_state::unknown, at_ms(20)}});
}
