#include "site.hpp"

namespace triggerd::sandbox::test {

namespace {

std::vector<known_task> tasks() {
  known_task hello;
  hello.name = "hello";
  hello.queued_min = hello.queued_max = milliseconds(100);
  hello.runs_min = hello.runs_max = milliseconds(400);
  hello.queues = {"reports"};
  hello.obeys_payload = true;
  known_task flaky = hello;
  flaky.name = "flaky";
  flaky.obeys_payload = false;
  flaky.shares.fails = 1;
  flaky.replayed = outcome_shares{};
  known_task slow = hello;
  slow.name = "slow";
  slow.runs_min = slow.runs_max = std::chrono::hours(1);
  return {hello, flaky, slow};
}

environment home(environment_type type, const char* key) {
  environment out;
  out.type = type;
  out.key = key;
  out.tasks = tasks();
  return out;
}

}  // namespace

world small_world() {
  world out;
  project one;
  one.ref = shop;
  one.name = "Shop";
  one.environments = {home(environment_type::development, dev_key), home(environment_type::staging, staging_key),
                      home(environment_type::preview, preview_key), home(environment_type::production, prod_key)};
  one.environments[2].branches = {
      {"demo", "", false, {}, {}}, {"feat/checkout", "", false, {}, {}}, {"gone", "", true, {}, {}}};
  one.environments[3].additional_keys = {{narrow_key, {"trigger:tasks:hello"}}};
  project two;
  two.ref = other;
  two.name = "Other";
  two.environments = {home(environment_type::production, other_key)};
  out.projects = {one, two};
  access_token user;
  user.value = user_token;
  access_token stranger;
  stranger.value = stranger_token;
  stranger.email = "stranger@example.test";
  stranger.projects = {other};
  out.tokens = {user, stranger};
  return out;
}

std::optional<std::string> answered::header(std::string_view name) const {
  const auto found = first_header(headers, name);
  if (!found) return std::nullopt;
  return std::string(*found);
}

std::vector<std::string> answered::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : headers)
    if (key == name) out.push_back(value);
  return out;
}

site::site(world of, std::uint64_t seed) : server(std::move(of), seed, now) {}

request site::make(const char* method, const std::string& target, std::string body, const char* key, header_list more) {
  request out;
  out.method = method;
  out.target = target;
  out.body = std::move(body);
  if (key != nullptr) out.headers.emplace_back("authorization", std::string("Bearer ") + key);
  const bool counted = std::string_view(method) != "GET";
  if (counted) out.headers.emplace_back("content-length", std::to_string(out.body.size()));
  for (auto& one : more) out.headers.push_back(std::move(one));
  return out;
}

answered site::send(request asked) {
  reply got = server.handle(asked, now);
  answered out;
  out.status = got.status;
  out.headers = std::move(got.headers);
  out.text = std::move(got.body);
  out.body = json::parse(out.text, nullptr, false);
  return out;
}

answered site::get(const std::string& target, const char* key, header_list more) {
  return send(make("GET", target, "", key, std::move(more)));
}

answered site::post(const std::string& target, const json& body, const char* key, header_list more) {
  return send(make("POST", target, body.dump(), key, std::move(more)));
}

answered site::put(const std::string& target, const json& body, const char* key) {
  return send(make("PUT", target, body.dump(), key));
}

answered site::remove(const std::string& target, const char* key) { return send(make("DELETE", target, "", key)); }

answered site::trigger(const std::string& task, const json& options, const char* key, header_list more) {
  json body = {{"payload", {{"n", 1}}}};
  if (!options.empty()) body["options"] = options;
  return post("/api/v1/tasks/" + task + "/trigger", body, key, std::move(more));
}

answered site::items(const std::string& batch, const std::vector<json>& lines, const char* key) {
  std::string text;
  for (const json& line : lines) text += line.dump() + '\n';
  return send(
      make("POST", "/api/v3/batches/" + batch + "/items", text, key, {{"content-type", "application/x-ndjson"}}));
}

json site::run(const std::string& id, const char* key) { return get("/api/v3/runs/" + id, key).body; }

std::vector<std::string> site::listed(const std::string& query, const char* key) {
  std::vector<std::string> out;
  const answered page = get("/api/v1/runs" + (query.empty() ? "" : '?' + query), key);
  for (const json& row : page.body.at("data")) out.push_back(row.at("id").get<std::string>());
  return out;
}

}  // namespace triggerd::sandbox::test
