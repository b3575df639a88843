#include "sandbox/handlers.hpp"

#include "base/text.hpp"
#include "sandbox/dice.hpp"
#include "sandbox/spans.hpp"

#include <algorithm>
#include <charconv>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t deployments_per_page = 20, fewest_deployments = 5, most_deployments = 100;
constexpr std::array<std::string_view, 7> deployment_words = {"PENDING", "BUILDING", "DEPLOYING", "DEPLOYED",
                                                              "FAILED",  "CANCELED", "TIMED_OUT"};

std::string_view word_of(deployment_status status) {
  constexpr std::string_view words[] = {"PENDING", "DEPLOYED", "CANCELED"};
  return words[static_cast<std::size_t>(status)];
}

std::string short_code(const deployment& one) {
  return stable_id(one.where->where->id + '/' + one.version).substr(1, 8);
}

json deployment_row(const state& in, const deployment& one) {
  const bool built = one.status == deployment_status::deployed;
  return {{"id", in.deployments.id_of(one)},
          {"createdAt", text::iso(one.created)},
          {"shortCode", short_code(one)},
          {"version", one.version},
          {"runtime", one.runtime},
          {"runtimeVersion", built ? json("24.0.0") : json(nullptr)},
          {"status", word_of(one.status)},
          {"deployedAt", one.deployed ? json(text::iso(*one.deployed)) : json(nullptr)},
          {"git", built ? json({{"dirty", false},
                                {"commitRef", "main"},
                                {"commitSha", "0123456789abcdef0123456789abcdef01234567"},
                                {"commitMessage", "rehearsed"}})
                        : json(nullptr)}};
}

std::string image_of(const deployment& one) {
  return "localhost:5000/sandbox/" + one.where->project->spec->ref + ':' + one.version + '.' + one.where->slug;
}

json whole_deployment(const state& in, const deployment& one) {
  json out = {{"id", in.deployments.id_of(one)},
              {"status", word_of(one.status)},
              {"contentHash", one.content},
              {"shortCode", short_code(one)},
              {"version", one.version},
              {"imageReference", image_of(one)},
              {"imagePlatform", "linux/amd64"},
              {"commitSHA", nullptr},
              {"externalBuildData", nullptr},
              {"errorData", nullptr},
              {"canceledReason", one.canceled_reason.empty() ? json(nullptr) : json(one.canceled_reason)}};
  if (one.status != deployment_status::deployed) return out;
  json tasks = json::array();
  for (const known_task& task : one.where->spec->tasks)
    tasks.push_back({{"id", "task_" + stable_id(one.version + '/' + task.name).substr(1)},
                     {"slug", task.name},
                     {"filePath", "src/trigger/" + task.name + ".ts"},
                     {"exportName", "task"}});
  out["worker"] = {{"id", "worker_" + stable_id(one.where->where->id + one.version).substr(1)},
                   {"version", one.version},
                   {"tasks", std::move(tasks)}};
  return out;
}

struct deployment_filter {
  std::string status;
  std::optional<instant> from, to;
  std::size_t size = deployments_per_page;

  bool fits(const deployment& one) const {
    return (status.empty() || word_of(one.status) == status) && (!from || one.created >= *from) &&
           (!to || one.created <= *to);
  }
};

reply unreadable_parameter(std::string_view name, std::string_view value) {
  return refuse(400, "Invalid search query parameter: " + std::string(name) + '=' + std::string(value));
}

std::variant<deployment_filter, reply> read_deployment_filter(const state& in, const target& from) {
  deployment_filter out;
  out.status = from.value("status").value_or("");
  if (!out.status.empty() &&
      std::find(deployment_words.begin(), deployment_words.end(), out.status) == deployment_words.end()) {
    std::string expected;
    for (const std::string_view word : deployment_words)
      expected += std::string(expected.empty() ? "" : " | ") + '\'' + std::string(word) + '\'';
    return query_error({{"received", out.status},
                        {"code", "invalid_enum_value"},
                        {"options", deployment_words},
                        {"path", json::array({"status"})},
                        {"message", "Invalid enum value. Expected " + expected + ", received '" + out.status + '\''}});
  }
  if (const auto period = from.value("period"); period && !period->empty()) {
    const auto span = read_span(*period);
    if (!span) return unreadable_parameter("period", *period);
    out.from = in.now - *span;
  }
  for (const auto& [name, into] : {std::pair("from", &out.from), std::pair("to", &out.to)})
    if (const auto text = from.value(name); text && !from.value("period")) {
      *into = read_date(*text);
      if (!*into) return unreadable_parameter(name, *text);
    }
  if (const auto size = from.value("page[size]")) std::from_chars(size->data(), size->data() + size->size(), out.size);
  out.size = std::clamp(out.size, fewest_deployments, most_deployments);
  return out;
}

reply no_deployment() { return refuse(404, "Deployment not found"); }

reply invalid_deployment(std::string_view expected, const json* got, std::string_view path) {
  return answer(400, {{"error", "Invalid body"}, {"issues", json::array({required(expected, got, path)})}});
}

}  // namespace

reply list_deployments(state& in, const call& from) {
  if (!from.who.may("read", {"deployments:list"})) return forbidden();
  auto filter = read_deployment_filter(in, from.where);
  if (auto* refusal = std::get_if<reply>(&filter)) return std::move(*refusal);
  const auto& wanted = std::get<deployment_filter>(filter);
  const deployment* after = in.deployments.find(from.where.value("page[after]").value_or(""), *from.who.where);
  json rows = json::array(), pages = json::object();
  for (const deployment* one : in.deployments.listed(*from.who.where)) {
    if (!wanted.fits(*one) || (after != nullptr && one->number >= after->number)) continue;
    if (rows.size() == wanted.size) {
      pages["next"] = rows.back().at("id");
      break;
    }
    rows.push_back(deployment_row(in, *one));
  }
  return answer(200, {{"data", std::move(rows)}, {"pagination", std::move(pages)}});
}

reply current_deployment(state& in, const call& from) {
  const deployment* found = in.deployments.current(*from.who.where);
  if (found == nullptr) {
    reply out = refuse(404, "Not found");
    should_retry(out, false);
    return out;
  }
  if (!from.who.may("read", {"deployments:current"})) return forbidden();
  return answer(200, deployment_row(in, *found));
}

// Only what runs on workers of one's own has a latest one, and nothing here does.
reply latest_deployment(state&, const call& from) {
  return from.who.may("read", {"deployments"}) ? no_deployment() : forbidden();
}

reply get_deployment(state& in, const call& from) {
  if (!from.who.may("read", {"deployments"})) return forbidden();
  const deployment* found = in.deployments.find(from.arguments[0], *from.who.where);
  return found == nullptr ? no_deployment() : answer(200, whole_deployment(in, *found));
}

reply begin_deployment(state& in, const call& from) {
  if (!from.who.may("write", {"deployments"})) return forbidden();
  auto body = read_body_old(from);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json* content = find(std::get<json>(body), "contentHash");
  if (content == nullptr || !content->is_string()) return invalid_deployment("string", content, "contentHash");
  const json* runtime = find(std::get<json>(body), "runtime");
  if (runtime != nullptr && !runtime->is_string()) return invalid_deployment("string", runtime, "runtime");
  if (in.deployments.size() >= limits::sandbox_deployments) return refuse(400, "There are too many deployments.");
  const deployment& made = in.deployments.create(*from.who.where, *content,
                                                 runtime != nullptr ? runtime->get<std::string>() : "node", in.now);
  return answer(200, {{"id", in.deployments.id_of(made)},
                      {"contentHash", made.content},
                      {"shortCode", short_code(made)},
                      {"version", made.version},
                      {"imageTag", image_of(made)},
                      {"imagePlatform", "linux/amd64"},
                      {"outcome", "created"},
                      {"externalBuildData", {{"buildId", "-"}, {"projectId", "-"}, {"buildToken", "-"}}},
                      {"canceledDeployments", json::array()}});
}

reply finish_deployment(state& in, const call& from) {
  if (!from.who.may("write", {"deployments"})) return forbidden();
  deployment* found = in.deployments.find(from.arguments[0], *from.who.where);
  if (found == nullptr) return no_deployment();
  if (found->status == deployment_status::canceled) return refuse(400, "Deployment is already in a final state");
  if (found->status == deployment_status::pending) in.deployments.finish(*found, in.now);
  return answer(200, {{"id", from.argument(0)}});
}

reply promote_deployment(state& in, const call& from) {
  if (!from.who.may("write", {"deployments"})) return forbidden();
  const deployment* found = in.deployments.with_version(from.arguments[0], *from.who.where);
  if (found == nullptr) return no_deployment();
  if (found->status != deployment_status::deployed)
    return refuse(400, "Deployment is not associated with a worker and cannot be promoted.");
  const deployment* current = in.deployments.current(*from.who.where);
  if (current == found) return refuse(400, "Deployment is already the current deployment.");
  if (from.where.value("allowRollbacks") != "true" && is_older_version(found->version, current->version))
    return refuse(400, "Cannot promote a deployment that is older than the current deployment.");
  in.deployments.promote(*found);
  return answer(200,
                {{"id", in.deployments.id_of(*found)}, {"version", found->version}, {"shortCode", short_code(*found)}});
}

reply cancel_deployment(state& in, const call& from) {
  if (!from.who.may("write", {"deployments"})) return forbidden();
  const json body = parse_json(from.asked.body).value_or(json::object());
  const json* reason = find(body, "reason");
  if (reason != nullptr && !reason->is_string()) return invalid_body(required("string", reason, "reason"));
  deployment* found = in.deployments.find(from.arguments[0], *from.who.where);
  if (found == nullptr) return no_deployment();
  if (found->status != deployment_status::pending)
    return refuse(409, "Deployment is already in a final state and cannot be canceled");
  found->status = deployment_status::canceled;
  if (reason != nullptr) found->canceled_reason = *reason;
  return nothing(204);
}

}  // namespace triggerd::sandbox::handlers
