// What the sources of an env-sync give, and what is refused before a request is made.
#include "job/variable_set.hpp"
#include "unit/job/sync_bench.hpp"

using namespace triggerd;
using test::held_variables;
using test::sync_bench;

namespace {

spec::variable_source file(spec::variable_source::kind kind, std::string path) {
  spec::variable_source out;
  out.from = kind;
  out.file = std::move(path);
  return out;
}

spec::variable_source program(std::string name, std::string format) {
  spec::variable_source out;
  out.from = spec::variable_source::kind::exec;
  out.exec = spec::exec_spec{.argv = {std::move(name)}, .timeout = {}, .max_size = 1};
  out.exec_format = std::move(format);
  return out;
}

struct plain_bench : sync_bench {
  plain_bench() { rules.plain = {"*"}; }
  std::string refused() {
    const auto done = sync();
    REQUIRE(done.trouble());
    CHECK(requests() == 0);
    return done.trouble()->message;
  }
};

}  // namespace

TEST_CASE("sources are read in order and later ones win") {
  plain_bench bench;
  using kind = spec::variable_source::kind;
  bench.inputs.files["/env/prod.env"] = "A=file\nB=file\nC=file\nD=file\n";
  bench.inputs.files["/env/more.json"] = R"({"B":"json","N":7})";
  bench.inputs.programs["vault"] = R"({"C":"vault"})";
  bench.inputs.programs["old"] = "E=old\n";
  bench.target.labels["tier"] = "prod";
  spec::variable_source values;
  values.values["D"] = "{{ target.name }}";
  spec::variable_source elsewhere;
  elsewhere.values["D"] = "never";
  elsewhere.when = {"tier=preview"};
  bench.rules.sources = {file(kind::dotenv, "/env/{{ target.environment }}.env"),
                         file(kind::json, "/env/more.json"),
                         program("vault", "json"),
                         program("old", "dotenv"),
                         values,
                         elsewhere};
  REQUIRE(bench.sync().all_done());
  CHECK(bench.server == held_variables{{"A", {"file", false}},
                                       {"B", {"json", false}},
                                       {"C", {"vault", false}},
                                       {"D", {"shop-prod", false}},
                                       {"E", {"old", false}},
                                       {"N", {"7", false}}});
}

TEST_CASE("a failing source is an error and names itself") {
  plain_bench bench;
  using kind = spec::variable_source::kind;
  bench.inputs.files["/good.env"] = "A=1\n";
  bench.rules.sources = {file(kind::dotenv, "/good.env")};
  SUBCASE("a missing file") {
    bench.rules.sources.push_back(file(kind::dotenv, "/missing.env"));
    CHECK(bench.refused().find("source 2 (/missing.env)") != std::string::npos);
  }
  SUBCASE("a program that fails") {
    bench.rules.sources.push_back(program("vault", "json"));
    CHECK(bench.refused().find("source 2 (vault)") != std::string::npos);
  }
  SUBCASE("text that is malformed, which is not quoted") {
    bench.inputs.files["/bad.json"] = R"({"KEY":"hidden-value",)";
    bench.rules.sources.push_back(file(kind::json, "/bad.json"));
    CHECK(bench.refused().find("hidden-value") == std::string::npos);
  }
  SUBCASE("a secret without a value") {
    spec::value_source where;
    where.name = "nowhere";
    bench.rules.sources.emplace_back().secrets["KEY"] = where;
    CHECK(bench.refused().find("source 2 (values) KEY") != std::string::npos);
  }
  SUBCASE("a placeholder without a value") {
    bench.rules.sources.emplace_back().values["KEY"] = "{{ target.vars.none }}";
    CHECK(bench.refused().find("KEY") != std::string::npos);
  }
  SUBCASE("a file whose path cannot be rendered") {
    bench.rules.sources.push_back(file(kind::dotenv, "/{{ target.vars.none }}.env"));
    CHECK(bench.refused().find("source 2") != std::string::npos);
  }
  SUBCASE("a program whose words cannot be rendered") {
    bench.rules.sources.push_back(program("vault", "json"));
    bench.rules.sources.back().exec->argv.push_back("{{ target.vars.none }}");
    CHECK(bench.refused().find("source 2 (vault)") != std::string::npos);
    CHECK(bench.inputs.ran.empty());
  }
}

TEST_CASE("include, exclude and rename speak of source names; required and plain of names at the server") {
  plain_bench bench;
  bench.rules.include = {"SHOP_*", "LOG_LEVEL"};
  bench.rules.exclude = {"*_LOCAL"};
  bench.rules.rename = {{"SHOP_DATABASE_URL", "DATABASE_URL"}};
  bench.rules.required = {"DATABASE_URL"};
  bench.rules.plain = {"LOG_*", "SHOP_DATABASE_URL"};
  bench.want({{"SHOP_DATABASE_URL", "db"}, {"SHOP_LOCAL", "x"}, {"LOG_LEVEL", "info"}, {"PATH", "x"}});
  REQUIRE(bench.sync().all_done());
  CHECK(bench.server == held_variables{{"DATABASE_URL", {"db", true}}, {"LOG_LEVEL", {"info", false}}});
}

TEST_CASE("names and values that the server would swallow are refused together") {
  plain_bench bench;
  bench.want({{"1ABC", "x"},
              {"WITH-DASH", "x"},
              {"TRIGGER_SECRET_KEY", "x"},
              {"TRIGGER_API_URL", "x"},
              {"SHOWN", "<redacted>"},
              {"BINARY", "\xff\xfe"},
              {"NUL", std::string("a\0b", 3)},
              {"FINE", "x"}});
  const std::string said = bench.refused();
  for (const char* name : {"1ABC", "WITH-DASH", "TRIGGER_SECRET_KEY", "TRIGGER_API_URL", "SHOWN", "BINARY", "NUL"})
    CHECK(said.find(name) != std::string::npos);
  CHECK(said.find("FINE") == std::string::npos);
  SUBCASE("what is excluded is not looked at") {
    bench.rules.exclude = {"1*", "*-*", "TRIGGER_*", "SHOWN", "BINARY", "NUL"};
    CHECK(bench.sync().all_done());
  }
}

TEST_CASE("two names that become one are refused") {
  plain_bench bench;
  bench.rules.rename = {{"A", "B"}};
  bench.want({{"A", "1"}, {"B", "2"}});
  CHECK(bench.refused().find("two names") != std::string::npos);
}

TEST_CASE("an empty value is refused, skipped, or means deletion") {
  plain_bench bench;
  using rule = spec::env_sync_spec::empty_rule;
  bench.rules.prune = spec::managed::managed;
  bench.want({{"A", "1"}, {"B", "2"}});
  REQUIRE(bench.sync().all_done());
  bench.want({{"A", ""}, {"B", "2"}});
  SUBCASE("skip: neither written nor deleted") {
    bench.rules.empty = rule::skip;
    const auto done = bench.sync();
    CHECK(done.plan.actions.empty());
    CHECK(done.plan.has_note("A: empty in the sources"));
    CHECK(bench.server.contains("A"));
  }
  SUBCASE("delete, within prune") {
    bench.rules.empty = rule::remove;
    REQUIRE(bench.sync().all_done());
    CHECK_FALSE(bench.server.contains("A"));
  }
  SUBCASE("delete, within max_delete") {
    bench.rules.empty = rule::remove;
    bench.rules.max_delete = 0;
    CHECK(bench.sync().trouble());
    CHECK(bench.server.contains("A"));
  }
  SUBCASE("delete, but not with prune = never") {
    bench.rules.empty = rule::remove;
    bench.rules.prune = spec::managed::never;
    CHECK(bench.sync().plan.actions.empty());
    CHECK(bench.server.contains("A"));
  }
  SUBCASE("required wins") {
    bench.rules.empty = rule::skip;
    bench.rules.required = {"A"};
    CHECK(bench.sync().trouble());
  }
  SUBCASE("no variable at all is fine when that was said") {
    bench.rules.empty = rule::remove;
    bench.want({});
    REQUIRE(bench.sync().all_done());
    CHECK(bench.server.empty());
  }
}

TEST_CASE("a long list of names is cut in a sentence") {
  std::vector<std::string> names;
  for (int i = 0; i < 25; ++i) names.push_back("N" + std::to_string(i));
  const std::string said = job::told(names);
  CHECK(said.ends_with("N19 and 5 more"));
  CHECK(job::told(std::vector<std::string>{"A", "B"}) == "A, B");
}
