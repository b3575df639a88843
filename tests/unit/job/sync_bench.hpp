// An env-sync on a bench, against a small model of the variables of one environment and its parent.
#pragma once

#include "base/text.hpp"
#include "job/codes.hpp"
#include "unit/job/kind_bench.hpp"

#include <algorithm>

namespace triggerd::test {

struct held_variable {
  std::string value;
  bool secret = false;
  friend bool operator==(const held_variable&, const held_variable&) = default;
};
using held_variables = std::map<std::string, held_variable>;

struct sync_run {
  planned plan;
  std::vector<job::effect> effects;
  std::optional<error> trouble() const { return plan.trouble; }
  bool all_done() const {
    return !plan.trouble && std::all_of(effects.begin(), effects.end(),
                                        [](const auto& e) { return e.state == job::effect_state::done; });
  }
};

class sync_bench : public kind_bench {
 public:
  explicit sync_bench(spec::target_spec where = target_of("shop-prod")) : kind_bench(std::move(where)) {
    kind = job::make_env_sync_kind(world);
    wire->otherwise([this](const net::request& request) { return serve(request); });
  }
  // A preview branch; `pat`: a personal access token, else the preview key.
  static spec::target_spec branch_target() {
    auto out = target_of("shop-preview");
    out.env = spec::environment::preview;
    out.branch = "feat/login";
    return out;
  }
  void use_pat() {
    credential(spec::credential_kind::pat, "tr_pat_invented");
    wire->otherwise([this](const net::request& request) { return serve(request); });
  }

  // One source of literal values; whatever was there before goes.
  void want(std::map<std::string, std::string> values) {
    spec::variable_source from;
    from.values = std::move(values);
    rules.sources = {from};
  }
  void want_secret(const std::string& name, const std::string& value) {
    inputs.secrets[name] = value;
    spec::value_source where;
    where.from = spec::value_source::kind::systemd;
    where.name = name;
    if (rules.sources.empty()) rules.sources.emplace_back();
    rules.sources.front().secrets[name] = where;
  }

  planned plan_only() {
    job.what = rules;
    return plan();
  }
  // Plans, writes the intents, and carries every action out as the engine does.
  sync_run sync() {
    wire->requests.clear();
    sync_run out;
    out.plan = plan_only();
    if (out.plan.trouble) return out;
    auto rows = write(out.plan);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      out.effects.push_back(apply(rows[i], out.plan.actions[i]));
      settle(rows[i], out.effects.back());
    }
    first_number += rows.size();
    return out;
  }
  std::size_t requests() const { return wire->requests.size(); }
  std::optional<nlohmann::json> memory_of(const std::string& name, std::string space = "vars:env_test") {
    std::vector<std::string> names{name};
    auto rows = run(ledger.recall(std::move(space), std::move(names)));
    REQUIRE(rows);
    if (rows->empty()) return std::nullopt;
    return nlohmann::json::parse(rows->front().value);
  }

  spec::env_sync_spec rules;
  held_variables server;  // the environment's own
  held_variables above;   // of a branch: its parent's
  bool ignores_imports = false;

 private:
  static std::optional<std::string> branch_of(const net::request& request) {
    for (const auto& [name, value] : request.headers)
      if (name == "x-trigger-branch") return value;
    return std::nullopt;
  }

  static nlohmann::json shown(const std::string& name, const held_variable& what) {
    return {{"name", name}, {"value", what.secret ? "<redacted>" : what.value}, {"isSecret", what.secret}};
  }

  net::outcome serve(const net::request& request) {
    const bool on_branch = !target.branch.empty() && branch_of(request);
    held_variables& here = target.branch.empty() || on_branch ? server : above;
    const std::string path = request.url.substr(15);
    const std::string root = "/api/v1/projects/proj_shop/envvars/" + std::string(spec::slug(target.env));
    if (request.method == "GET" && path == root) return list(here, on_branch);
    if (request.method == "POST" && path == root + "/import") return import(here, *request.body);
    if (request.method == "DELETE") return remove(here, path.substr(root.size() + 1), on_branch);
    return scripted_transport::reply(404, R"({"error":"Not found"})");
  }

  net::outcome list(const held_variables& here, bool on_branch) const {
    nlohmann::json out = nlohmann::json::array();
    if (on_branch)
      for (const auto& [name, one] : above)
        if (!server.contains(name)) out.push_back(shown(name, one));
    for (const auto& [name, one] : here) out.push_back(shown(name, one));
    return scripted_transport::reply(200, out.dump());
  }
  net::outcome import(held_variables& here, const std::string& body) {
    const auto asked = nlohmann::json::parse(body);
    CHECK(asked["override"] == true);
    if (!ignores_imports)
      for (const auto& [name, value] : asked["variables"].items())
        here[name] = {value.get<std::string>(),
                      asked["isSecret"].get<bool>() || (here.contains(name) && here[name].secret)};
    return scripted_transport::reply(200, R"({"success":true})");
  }
  net::outcome remove(held_variables& here, const std::string& name, bool on_branch) const {
    if (here.erase(name) > 0) return scripted_transport::reply(200, R"({"success":true})");
    if (on_branch && above.contains(name)) return scripted_transport::reply(400, R"({"error":"No value here"})");
    return scripted_transport::reply(404, R"({"error":"Environment variable not found"})");
  }
};

}  // namespace triggerd::test
