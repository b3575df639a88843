// What is told about files that are wrong, word for word: each case of data/told/*.txt is a file and the lines that
// `triggerd check` says about it. Run with TRIGGERD_REWRITE=1 to write down what is told now, then read the diff.
#include "unit/config/paper_machine.hpp"

#include <cstdlib>

using namespace triggerd;
using namespace triggerd::test;

namespace {

struct told_case {
  std::string title, fragment, expected;
};

struct told_file {
  std::string head;  // what stands before the first case
  std::vector<told_case> cases;
};

told_file read_cases(const std::string& path) {
  told_file out;
  std::istringstream in(text_of(path));
  std::string* into = &out.head;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      out.cases.push_back({line.substr(4), {}, {}});
      into = &out.cases.back().fragment;
    } else if (line == "---" && !out.cases.empty()) {
      into = &out.cases.back().expected;
    } else {
      *into += line + '\n';
    }
  }
  return out;
}

void write_cases(const std::string& path, const told_file& all) {
  std::ofstream out(path, std::ios::binary);
  out << all.head;
  for (const auto& one : all.cases) out << "=== " << one.title << '\n' << one.fragment << "---\n" << one.expected;
  REQUIRE(out.good());
}

void check_told(const std::string& name) {
  const auto path = data_file("told/" + name);
  auto all = read_cases(path);
  REQUIRE(!all.cases.empty());
  const bool rewrite = std::getenv("TRIGGERD_REWRITE") != nullptr;
  for (auto& one : all.cases) {
    const auto said = told(load(shop(one.fragment))) + '\n';
    if (rewrite) one.expected = said;
    CHECK_MESSAGE(said == one.expected, one.title);
    for (const auto& [variable, value] : with_keys().variables)
      CHECK_MESSAGE(said.find(value) == std::string::npos, one.title);
  }
  if (rewrite) write_cases(path, all);
}

}  // namespace

TEST_CASE("keys that do not exist, are missing or exclude each other are told with place and remedy") {
  check_told("keys.txt");
}
TEST_CASE("keys of a later version are told as not supported yet, never swallowed") { check_told("later.txt"); }
TEST_CASE("values without a unit, of another type or out of range are told") { check_told("values.txt"); }
TEST_CASE("keys and tokens in a file are told without being repeated") { check_told("literals.txt"); }
TEST_CASE("targets that cannot be right are told") { check_told("targets.txt"); }
TEST_CASE("what a credential may not call is told with job, target, endpoint and what would work") {
  check_told("access.txt");
}
TEST_CASE("jobs whose keys contradict each other are told") { check_told("jobs.txt"); }
TEST_CASE("placeholders that name nothing here are told") { check_told("placeholders.txt"); }
