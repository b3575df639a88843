// Environment variables. Inside a task their place may be left out; ours is told the task's.
#include "api/envvars.hpp"
#include "conformance/calls.hpp"

namespace triggerd::conformance {

namespace {

struct place {
  std::string project, slug;
  json rest;  // arguments after the place
};

// `rest`: how many arguments follow the place.
result<place> place_of(const caller& from, const json& args, std::size_t rest) {
  const auto& around = from.by.config().around;
  if (args.size() <= rest && around && !around->project.empty()) return place{around->project, around->slug, args};
  if (args.size() < 2 || !args[0].is_string() || !args[1].is_string())
    return no_counterpart("the slug is an argument that no call can leave out");
  return place{args[0].get<std::string>(), args[1].get<std::string>(), json(args.begin() + 2, args.end())};
}

reply list_variables(const caller& from, const json& args) {
  const auto at = place_of(from, args, 0);
  if (!at) co_return verdict{};
  co_return co_await send(from, api::list_variables(at->project, at->slug));
}

reply retrieve_variable(const caller& from, const json& args) {
  const auto at = place_of(from, args, 1);
  if (!at) co_return verdict{};
  co_return co_await send(from, api::retrieve_variable(at->project, at->slug, id_at(at->rest, 0)));
}

reply create_variable(const caller& from, const json& args) {
  const auto at = place_of(from, args, 1);
  if (!at) co_return verdict{};
  const json& one = at->rest.at(0);
  co_return co_await send(from, api::create_variable(at->project, at->slug, text_member(one, "name"),
                                                     text_member(one, "value"), flag_of(one, "isSecret")));
}

reply update_variable(const caller& from, const json& args) {
  const auto at = place_of(from, args, 2);
  if (!at) co_return verdict{};
  co_return co_await send(
      from, api::update_variable(at->project, at->slug, id_at(at->rest, 0), text_member(at->rest.at(1), "value")));
}

reply delete_variable(const caller& from, const json& args) {
  const auto at = place_of(from, args, 1);
  if (!at) co_return verdict{};
  co_return co_await send(from, api::delete_variable(at->project, at->slug, id_at(at->rest, 0)));
}

reply import_variables(const caller& from, const json& args) {
  const auto at = place_of(from, args, 1);
  if (!at) co_return verdict{};
  const json& written = at->rest.at(0);
  api::variable_import wanted;
  written.at("variables").get_to(wanted.values);
  wanted.override_existing = flag_of(written, "override").value_or(false);
  wanted.secret = flag_of(written, "isSecret");
  if (written.contains("parentVariables")) written["parentVariables"].get_to(wanted.parent_values);
  if (written.contains("source")) {
    const bool user = written["source"].at("type") == "user";
    wanted.source_kind = user ? "user" : "integration";
    wanted.source = text_member(written["source"], user ? "userId" : "integration");
  }
  auto body = std::make_shared<const std::string>(api::import_body(wanted));
  co_return co_await send(from,
                          api::import_variables(at->project, at->slug, std::move(body), wanted.override_existing));
}

constexpr std::array<known_call, 12> variables{{
    {"envvars.list", list_variables},
    {"listEnvVars", list_variables},
    {"envvars.retrieve", retrieve_variable},
    {"retrieveEnvVar", retrieve_variable},
    {"envvars.create", create_variable},
    {"createEnvVar", create_variable},
    {"envvars.update", update_variable},
    {"updateEnvVar", update_variable},
    {"envvars.del", delete_variable},
    {"deleteEnvVar", delete_variable},
    {"envvars.upload", import_variables},
    {"importEnvVars", import_variables},
}};

}  // namespace

std::span<const known_call> variable_calls() { return variables; }

}  // namespace triggerd::conformance
