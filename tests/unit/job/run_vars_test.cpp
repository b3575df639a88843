#include "job/run_vars.hpp"
#include "job/codes.hpp"
#include "support/shown_result.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace triggerd;
using type = spec::var_spec::type;

namespace {

spec::job_spec with(std::map<std::string, spec::var_spec> vars) {
  spec::job_spec job;
  job.vars = std::move(vars);
  return job;
}

spec::var_spec of(type kind) {
  spec::var_spec var;
  var.kind = kind;
  return var;
}

}  // namespace

TEST_CASE("text becomes the type that the job declares") {
  const auto job = with({{"s", of(type::string)},
                         {"i", of(type::integer)},
                         {"n", of(type::number)},
                         {"b", of(type::boolean)},
                         {"t", of(type::datetime)}});
  const auto got = job::typed_vars(job, {{"s", "7"}, {"i", "7"}, {"n", "0.5"}, {"b", "true"}, {"t", "-2h"}});
  REQUIRE(got);
  CHECK(*got == nlohmann::json{{"s", "7"}, {"i", 7}, {"n", 0.5}, {"b", true}, {"t", "-2h"}});
}

TEST_CASE("defaults stand in for what is not given, and what has none stays away") {
  auto size = of(type::integer);
  size.default_json = "500";
  const auto got = job::typed_vars(with({{"size", size}, {"other", of(type::string)}}), {});
  REQUIRE(got);
  CHECK(*got == nlohmann::json{{"size", 500}});
}

TEST_CASE("every complaint about variables comes at once") {
  auto index = of(type::string);
  index.required = true;
  auto word = of(type::string);
  word.match = "^[a-z_]+$";
  auto size = of(type::integer);
  size.min = 1;
  size.max = 5000;
  const auto got =
      job::typed_vars(with({{"index", index}, {"word", word}, {"size", size}, {"flag", of(type::boolean)}}),
                      {{"word", "No!"}, {"size", "5001"}, {"flag", "yes"}, {"colour", "red"}});
  REQUIRE(got.has_error());
  CHECK(got.error().code == job::codes::bad_variable);
  for (const char* part :
       {"index is required", "word does not match", "size is above", "flag is neither", "no variable colour"})
    CHECK(got.error().message.find(part) != std::string::npos);
}

TEST_CASE("numbers that the server would change are refused") {
  const auto job = with({{"i", of(type::integer)}, {"n", of(type::number)}});
  CHECK(job::typed_vars(job, {{"i", "9007199254740993"}}).has_error());
  CHECK(job::typed_vars(job, {{"i", "1.5"}}).has_error());
  CHECK(job::typed_vars(job, {{"n", "nan"}}).has_error());
  CHECK(job::typed_vars(job, {{"n", "1e999"}}).has_error());
}
