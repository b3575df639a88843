#include "support.hpp"

using namespace triggerd;
using control::check;
using nlohmann::json;

namespace {

const control::interface& zoo() {
  static const control::interface table {
    "org.example.Zoo", "", {{"Cat", "", {{"name", "string"}, {"age", "?int"}}}},
        {{"Ask",
          "What it is about.",
          {{"cats", "[]Cat", "All of them."}, {"by", "?[string]string"}, {"how", "(soft, loud)"}},
          {}}},
    {}
  };
  return table;
}

std::string complaint(const std::string& text) {
  const auto checked = check(zoo(), zoo().methods[0].parameters, json::parse(text));
  return checked ? "" : checked.error().message + " " + checked.error().peer;
}

}  // namespace

TEST_CASE("parameters that fit pass, null stands for an absent optional") {
  CHECK(complaint(R"({"cats":[],"how":"soft"})") == "");
  CHECK(complaint(R"({"cats":[{"name":"a","age":null},{"name":"b","age":3}],"by":{"x":"y"},"how":"loud"})") == "");
}

TEST_CASE("a wrong parameter is named by its path") {
  CHECK(complaint(R"({"how":"soft"})") == "cats is missing");
  CHECK(complaint(R"({"cats":{},"how":"soft"})") == "cats must be an array");
  CHECK(complaint(R"({"cats":[{"name":"a"},{"name":1}],"how":"soft"})") == "cats[1].name must be a string");
  CHECK(complaint(R"({"cats":[{"name":"a","age":1.5}],"how":"soft"})") == "cats[0].age must be an integer");
  CHECK(complaint(R"({"cats":[{"name":"a","age":9223372036854775808}],"how":"soft"})") ==
        "cats[0].age must be an integer");
  CHECK(complaint(R"({"cats":[{"name":"a","tail":1}],"how":"soft"})") == "cats[0].tail is not known");
  CHECK(complaint(R"({"cats":[],"how":"shy"})") == "how must be one of (soft, loud)");
  CHECK(complaint(R"({"cats":[],"how":"soft","by":{"k":7}})") == "by.k must be a string");
  CHECK(complaint(R"({"cats":[],"how":"soft","what":7})") == "what is not known");
}

TEST_CASE("the text is what varlink tools read") {
  CHECK(control::render(zoo()) ==
        "interface org.example.Zoo\n"
        "\n"
        "type Cat (name: string, age: ?int)\n"
        "\n"
        "# What it is about.\n"
        "method Ask(\n"
        "  # All of them.\n"
        "  cats: []Cat,\n"
        "  by: ?[string]string,\n"
        "  how: (soft, loud)\n"
        ") -> ()\n");
}

TEST_CASE("a table with unknown types or names varlink does not allow is found out") {
  control::interface broken = zoo();
  CHECK(control::faults(broken).empty());
  CHECK(control::faults(control::service_interface()).empty());
  broken.types.push_back({"cat", "", {{"a_", "Dog"}, {"b", "??int"}}});
  broken.methods.push_back({"Cat", "", {}, {}});
  CHECK(control::faults(broken).size() == 5);
}
