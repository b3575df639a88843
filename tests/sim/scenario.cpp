#include "sim/scenario.hpp"

#include "base/text.hpp"
#include "sim/scenario_files.hpp"

#include <stdexcept>

namespace triggerd::sim {

namespace {

// The files and variables that the daemon would find.
class made_environment final : public config::environment {
 public:
  std::optional<std::string> variable(std::string_view name) const override {
    static const std::map<std::string, std::string, std::less<>> names = {{"SHOP_PROD", "shop-prod"},
                                                                          {"SHOP_STAGING", "shop-staging"},
                                                                          {"SHOP_PREVIEW", "shop-preview"},
                                                                          {"CRM_PROD", "crm-prod"},
                                                                          {"CRM_NIGHT", "crm-night"}};
    const auto found = names.find(name);
    if (found == names.end()) return std::nullopt;
    return keys().at(found->second);
  }
  result<std::string> read_file(const std::string& path) const override {
    if (path == "/etc/triggerd.toml") return std::string(daemon_file);
    if (path == "/etc/jobs.toml") return std::string(jobs_file);
    return fail(codes::io, "there is no " + path);
  }
  result<std::vector<std::string>> list_folder(const std::string&) const override {
    return std::vector<std::string>{"triggerd.toml", "jobs.toml"};
  }
  result<secret> read_secret(const spec::value_source& source) const override {
    const auto value = variable(source.name);
    if (!value) return fail(codes::io, "there is no variable " + source.name);
    return secret(*value);
  }
};

config::settings load() {
  const made_environment env;
  config::loaded read = config::load("/etc/triggerd.toml", env);
  std::string words;
  for (const auto& one : read.complaints) words += one.message + '\n';
  if (!read.value) throw std::logic_error("the simulation's files are wrong:\n" + words);
  return std::move(*read.value);
}

std::string items(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += R"({"id":"i)" + std::to_string(i) + R"(","n":)" + std::to_string(i) + "}\n";
  return out;
}

sandbox::known_task task_named(std::string name, double fails) {
  sandbox::known_task out;
  out.name = std::move(name);
  out.shares.fails = fails;
  out.replayed = sandbox::outcome_shares{};
  return out;
}

sandbox::environment environment_of(sandbox::environment_type type, std::string key) {
  sandbox::environment out;
  out.type = type;
  out.key = std::move(key);
  out.tasks = {task_named("report", 0.05), task_named("close-books", 0.2), task_named("import", 0.1),
               task_named("old", 0)};
  out.variables = {{"FOREIGN", "theirs", false}};
  return out;
}

sandbox::past_runs outage(std::size_t count) {
  sandbox::past_runs out;
  out.task = "old";
  out.count = count;
  out.oldest = milliseconds(7'000'000);
  out.newest = milliseconds(600'000);
  return out;
}

}  // namespace

const config::settings& settings() {
  static const config::settings read = load();
  return read;
}

std::map<std::string, std::string> keys() {
  return {{"shop-prod", "tr_prod_inventedShopProd000001"},
          {"shop-staging", "tr_stg_inventedShopStaging0001"},
          {"shop-preview", "tr_preview_inventedShopPrev001"},
          {"crm-prod", "tr_prod_inventedCrmProd0000001"},
          {"crm-night", "tr_prod_sk_inventedCrmNight001"}};
}

std::map<std::string, std::string> secrets() { return {{"TOKEN", "hush-hush-this-is-never-shown"}}; }

made_inputs inputs() {
  made_inputs out;
  out.files["/data/items.ndjson"] = items(13);
  out.files["/data/few.ndjson"] = items(5);
  out.files["/data/some.ndjson"] = items(8);
  out.files["/data/common.env"] = "PLAIN_LEVEL=info\nTOKEN=" + secrets().at("TOKEN") + "\n";
  return out;
}

std::string edited_variables(random_source& random) {
  std::string out = random.below(2) == 0 ? "PLAIN_LEVEL=info\n" : "PLAIN_LEVEL=debug\n";
  for (const char* name : {"PLAIN_REGION", "HOST"})
    if (random.below(2) == 0) out += std::string(name) + "=here\n";
  if (random.below(3) != 0) out += "TOKEN=" + secrets().at("TOKEN") + "\n";
  return out;
}

std::string path_of(const spec::target_spec& target) {
  std::string out = target.project + '/' + std::string(spec::slug(target.env));
  if (!target.branch.empty()) out += '/' + target.branch;
  return out;
}

sandbox::world world() {
  using sandbox::environment_type;
  sandbox::world out;
  auto prod = environment_of(environment_type::production, keys().at("shop-prod"));
  prod.past.push_back(outage(13));
  auto staging = environment_of(environment_type::staging, keys().at("shop-staging"));
  auto preview = environment_of(environment_type::preview, keys().at("shop-preview"));
  sandbox::branch demo;
  demo.name = "demo";
  preview.branches.push_back(demo);
  sandbox::project shop;
  shop.ref = "proj_shopaaaaaaaaaaaaaaaa";
  shop.name = "shop";
  shop.environments = {prod, staging, preview};
  auto crm_prod = environment_of(environment_type::production, keys().at("crm-prod"));
  crm_prod.past.push_back(outage(6));
  crm_prod.additional_keys.push_back({keys().at("crm-night"), {}});
  sandbox::project crm;
  crm.ref = "proj_crmbbbbbbbbbbbbbbbbb";
  crm.name = "crm";
  crm.environments = {crm_prod};
  out.projects = {shop, crm};
  return out;
}

instant start_of(random_source& random) {
  static constexpr const char* starts[] = {"2026-10-25T00:20:00Z", "2027-03-28T00:20:00Z", "2028-02-28T22:30:00Z",
                                           "2026-12-31T22:40:00Z"};
  const bool any_day = random.below(2) == 0;
  return *text::parse_iso(any_day ? "2026-11-24T02:23:20Z" : starts[random.below(std::size(starts))]);
}

spec::job_list jobs_of(random_source& random) {
  spec::job_list out;
  for (const auto& job : settings().jobs)
    if (random.below(3) != 0) out.push_back(job);
  if (out.empty()) out.push_back(settings().jobs.front());
  return out;
}

std::vector<sandbox::fault_rule> faults_of_neighbour(random_source& random) {
  using sandbox::fault_kind;
  std::vector<sandbox::fault_rule> rules;
  const std::pair<fault_kind, int> kinds[] = {
      {fault_kind::stall, 0}, {fault_kind::status, 429}, {fault_kind::status, 500}, {fault_kind::reset, 0}};
  for (const auto& [what, status] : kinds) {
    sandbox::fault_rule rule;
    rule.what = what;
    rule.status = status;
    rule.effect = status != 429 && random.below(2) == 0;
    rule.probability = what == fault_kind::stall ? 0.3 + 0.4 * random.unit() : 0.4 * random.unit();
    rule.environment = bad_neighbour;
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::vector<sandbox::fault_rule> faults_of(random_source& random) {
  std::vector<sandbox::fault_rule> rules;
  const auto add = [&](sandbox::fault_kind what, bool effect, int status, double share) {
    sandbox::fault_rule rule;
    rule.what = what;
    rule.effect = effect;
    rule.status = status;
    rule.probability = share * random.unit();
    if (random.below(3) == 0) rule.environment = "*/prod";
    rule.from = milliseconds(random.below(600'000));
    if (random.below(2) == 0) rule.until = rule.from + milliseconds(1'000 + random.below(900'000));
    rules.push_back(std::move(rule));
  };
  using sandbox::fault_kind;
  if (random.below(2) == 0) add(fault_kind::reset, false, 0, 0.3);
  if (random.below(2) == 0) add(fault_kind::reset, true, 0, 0.3);
  if (random.below(3) == 0) add(fault_kind::status, false, 500, 0.3);
  if (random.below(3) == 0) add(fault_kind::status, true, 502, 0.3);
  if (random.below(3) == 0) add(fault_kind::status, false, 429, 0.5);
  if (random.below(4) == 0) add(fault_kind::stall, true, 0, 0.1);
  if (random.below(4) == 0) add(fault_kind::truncate, true, 0, 0.2);
  if (random.below(4) == 0) add(fault_kind::wrong_json, true, 0, 0.2);
  if (random.below(3) == 0) {
    add(fault_kind::delay, true, 0, 0.5);
    rules.back().late = milliseconds(random.below(8'000));
  }
  return rules;
}

}  // namespace triggerd::sim
