// What config/ ships: examples that pass, schemas that equal the table, and the whole format, which is refused key by key.
#include "unit/config/paper_machine.hpp"

#include "config/schema.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>

using namespace triggerd;
using namespace triggerd::test;

namespace {

// The real files with invented variables.
class machine_with_variables final : public config::environment {
 public:
  std::map<std::string, std::string, std::less<>> variables;

  std::optional<std::string> variable(std::string_view name) const override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  result<std::string> read_file(const std::string& path) const override { return files_.read_file(path); }
  result<std::vector<std::string>> list_folder(const std::string& path) const override {
    return files_.list_folder(path);
  }
  result<secret> read_secret(const spec::value_source& source) const override {
    return config::resolve(source, *this, {});
  }

 private:
  config::machine_environment files_;
};

std::string shipped(const std::string& name) { return std::string(TRIGGERD_SOURCE_DIR) + "/config/" + name; }

void check_shipped(const std::string& name, const std::string& made) {
  if (std::getenv("TRIGGERD_REWRITE")) std::ofstream(shipped(name), std::ios::binary) << made;
  const bool equal = text_of(shipped(name)) == made;
  CHECK_MESSAGE(equal, name << " differs from the table; run this test with TRIGGERD_REWRITE=1");
}

}  // namespace

TEST_CASE("the shipped examples pass without a word") {
  machine_with_variables machine;
  machine.variables = {{"SHOP_PROD_KEY", key("prod")},
                       {"SHOP_STAGING_KEY", key("stg")},
                       {"SHOP_PREVIEW_KEY", key("preview")},
                       {"CRM_PROD_KEY", key("prod")},
                       {"CRM_STAGING_KEY", key("stg")}};
  const auto all = config::load(shipped("triggerd.toml"), machine);
  CHECK(told(all).empty());
  const auto& settings = good(all);
  CHECK(settings.targets.size() == 6);
  std::map<spec::job_kind, int> kinds;
  for (const auto& job : settings.jobs) ++kinds[job->kind()];
  CHECK(kinds.size() == 4);
}

TEST_CASE("the shipped examples pass without keys too, with a warning for each") {
  const auto all = config::load(shipped("triggerd.toml"), machine_with_variables());
  CHECK(all.value.has_value());
  CHECK(all.complaints.size() == 5);
  for (const auto& complaint : all.complaints) CHECK(complaint.code == config::codes::secret_missing);
}

TEST_CASE("the schemas for editors equal the table that the reader uses") {
  check_shipped("schema/triggerd.schema.json", config::triggerd_schema());
  check_shipped("schema/jobs.schema.json", config::jobs_schema());
}

TEST_CASE("a schema lets every built key through and no other") {
  const auto whole = nlohmann::json::parse(config::triggerd_schema());
  const auto& target = whole["properties"]["target"]["additionalProperties"];
  CHECK(target["properties"].contains("base_url"));
  CHECK_FALSE(target["properties"].contains("branches"));
  CHECK(target["additionalProperties"] == false);
  const auto jobs = nlohmann::json::parse(config::jobs_schema());
  CHECK_FALSE(jobs["properties"].contains("target"));
  const auto& kinds = jobs["properties"]["job"]["additionalProperties"]["oneOf"];
  REQUIRE(kinds.size() == 4);
  CHECK(kinds[0]["properties"]["type"]["enum"] == nlohmann::json::array({"trigger"}));
  CHECK(kinds[1]["properties"].contains("chunking"));
  CHECK_FALSE(kinds[0]["properties"].contains("chunking"));
  CHECK(kinds[0]["properties"]["options"]["properties"]["tags"]["anyOf"][1]["pattern"] == R"(\{\{.*\}\})");
}

TEST_CASE("of the whole format, what is not built is told as such and nothing else is wrong") {
  machine_with_variables machine;
  machine.variables["PLANT_TRIGGER_KEY"] = key("prod");
  const auto all = config::load(data_file("triggerd.toml"), machine);
  std::string others;
  std::size_t later = 0;
  for (const auto& complaint : all.complaints) {
    if (complaint.code == config::codes::not_supported) ++later;
    else if (complaint.how == config::severity::error) others += complaint.text() + '\n';
  }
  CHECK(later > 40);
  CHECK(others.empty());
}
