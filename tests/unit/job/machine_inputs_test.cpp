// The machine's files, programs and secrets as the kinds get them.
#include "job/machine_inputs.hpp"

#include "source/codes.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>
#include <boost/asio/co_spawn.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace triggerd;

namespace {

struct inputs_bench {
  std::string folder;
  asio::io_context loop{1};
  machine_clock time;
  loop_timers timers{loop, time};
  cancellation cancel;
  std::string asked_for;
  job::machine_inputs inputs{timers, time,
                             [this](spec::value_source from, cancellation&) { return give(std::move(from)); }};

  inputs_bench() {
    std::string pattern = (std::filesystem::temp_directory_path() / "triggerd-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
  }
  ~inputs_bench() { std::filesystem::remove_all(folder); }

  task<result<secret>> give(spec::value_source from) {
    asked_for = from.name;
    co_return secret("given");
  }
  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder + '/' + name) << text;
    return folder + '/' + name;
  }
  template <class T>
  result<T> wait_for(task<result<T>> what) {
    std::optional<result<T>> out;
    asio::co_spawn(loop, store(std::move(what), out), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    loop.restart();
    loop.run();
    REQUIRE(out);
    return std::move(*out);
  }
  template <class T>
  static task<> store(task<result<T>> what, std::optional<result<T>>& out) {
    out.emplace(co_await std::move(what));
  }
};

std::vector<std::string> items_of(result<std::unique_ptr<source::item_reader>> reader) {
  REQUIRE(reader);
  std::vector<std::string> out;
  for (;;) {
    auto item = (*reader)->next();
    REQUIRE(item);
    if (!*item) return out;
    out.push_back((*item)->json);
  }
}

}  // namespace

TEST_CASE("items come out of files of each format") {
  inputs_bench b;
  CHECK(items_of(b.inputs.open_ndjson(b.file("a.ndjson", "{\"a\":1}\n{\"a\":2}\n"))) ==
        std::vector<std::string>{"{\"a\":1}", "{\"a\":2}"});
  CHECK(items_of(b.inputs.open_json(b.file("a.json", "[1, \"two\"]"))) == std::vector<std::string>{"1", "\"two\""});
  source::csv_format semicolons;
  semicolons.delimiter = ';';
  CHECK(items_of(b.inputs.open_csv(b.file("a.csv", "x;y\n1;2\n"), semicolons)) ==
        std::vector<std::string>{"{\"x\":\"1\",\"y\":\"2\"}"});
}

TEST_CASE("a file that is not there is an error, never an empty source") {
  inputs_bench b;
  const std::string missing = b.folder + "/missing";
  CHECK_FALSE(b.inputs.open_ndjson(missing));
  CHECK_FALSE(b.inputs.open_json(missing));
  CHECK_FALSE(b.inputs.open_csv(missing, {}));
  CHECK_FALSE(b.inputs.read_file(missing, 10));
  const auto stamp = b.inputs.stamp(missing);
  REQUIRE_FALSE(stamp);
  CHECK(stamp.error().code == source::codes::unreadable);
  CHECK(stamp.error().message.find(missing) != std::string::npos);
  CHECK_FALSE(b.inputs.stamp(b.folder));  // a folder is no source either
}

TEST_CASE("a stamp tells one version of a file from another") {
  inputs_bench b;
  const std::string path = b.file("a", "one");
  const auto before = b.inputs.stamp(path);
  REQUIRE(before);
  CHECK(b.inputs.stamp(path).value() == *before);
  b.file("a", "more than one");
  CHECK(b.inputs.stamp(path).value().size == 13);
  CHECK_FALSE(b.inputs.stamp(path).value() == *before);
  const timespec times[2] = {{1'000, 5}, {1'000, 5}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  CHECK(b.inputs.stamp(path).value().modified_ns == 1'000'000'000'005);
}

TEST_CASE("a program's output is what it printed, within its size") {
  inputs_bench b;
  spec::exec_spec program;
  program.argv = {"/bin/echo", "hello"};
  auto said = b.wait_for(b.inputs.run_program(program, b.cancel));
  REQUIRE(said);
  CHECK(*said == "hello\n");
  program.max_size = 3;
  said = b.wait_for(b.inputs.run_program(program, b.cancel));
  REQUIRE_FALSE(said);
  CHECK(said.error().code == source::codes::command_output);
  program.argv = {"/bin/false"};
  said = b.wait_for(b.inputs.run_program(program, b.cancel));
  REQUIRE_FALSE(said);
  CHECK(said.error().code == source::codes::command_failed);
}

TEST_CASE("secrets come from whoever knows how to resolve them") {
  inputs_bench b;
  spec::value_source from;
  from.name = "SHOP";
  const auto value = b.wait_for(b.inputs.read_secret(from, b.cancel));
  REQUIRE(value);
  CHECK(value->expose() == "given");
  CHECK(b.asked_for == "SHOP");
}
