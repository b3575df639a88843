#include "recorded.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace triggerd::sandbox::test {

namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// An item of exactly so many bytes, like the recorded ones.
std::string item(int index, std::size_t size) {
  const std::string start = R"({"index":)" + std::to_string(index) + R"(,"task":"hello-world","payload":"{\"x\":\")";
  const std::string end = "\\\"}\"}\n";
  return start + std::string(size - start.size() - end.size(), 'y') + end;
}

std::string batch_of(std::size_t items) {
  std::string out = R"({"items":[)";
  for (std::size_t i = 0; i < items; ++i)
    out += std::string(i > 0 ? "," : "") + R"({"task":"hello-world","payload":{}})";
  return out + "]}";
}

// Long bodies were kept as their beginning and their size: one character repeated, then what closes the JSON.
std::string rebuilt(const std::string& prefix, std::size_t size) {
  if (prefix.starts_with(R"({"items":[)")) return batch_of(501);
  constexpr std::size_t small_item = 600'058, big_item = 3'300'058;
  if (size == small_item + big_item) return item(0, small_item) + item(1, big_item);
  std::string end;
  if (prefix.starts_with(R"({"payload":{"x":")")) end = R"("}})";
  else if (prefix.starts_with(R"({"payload":{},"options":{"metadata":)")) end = R"(\"}"}})";
  else if (prefix.starts_with(R"({"index":0,"task":"hello-world","payload":"{\"x\":\")")) end = "\\\"}\"}\n";
  std::string out = prefix;
  out.resize(size - end.size(), prefix.back());
  return out + end;
}

bool is_json(const json& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const json& one) {
    return text::lower(one[0].get<std::string>()) == "content-type" &&
           one[1].get<std::string>().find("json") != std::string::npos;
  });
}

exchange read(const fs::path& path) {
  const json whole = json::parse(content(path));
  const json& asked = whole.at("request");
  const json& answered = whole.at("response");
  exchange out;
  out.id = whole.at("id");
  out.name = whole.at("name");
  const auto at = text::parse_iso(whole.at("captured_at").get<std::string>());
  if (!at) throw std::runtime_error(path.string());
  out.at = *at;
  out.asked.method = asked.at("method");
  out.asked.target = asked.at("path");
  for (const auto& [name, value] : asked.at("headers").items())
    out.asked.headers.emplace_back(text::lower(name), value.is_string() ? value.get<std::string>() : value.dump());
  if (asked.contains("body") && asked.at("body").is_string()) {
    out.asked.body = asked.at("body");
  } else if (asked.contains("body_prefix")) {
    out.asked.body = rebuilt(asked.at("body_prefix"), asked.at("body_bytes"));
    if (out.asked.body.size() != asked.at("body_bytes")) throw std::runtime_error(path.string());
  }
  // The recorder noted only the headers that it set itself.
  if (out.asked.method != "GET" && !first_header(out.asked.headers, "content-length"))
    out.asked.headers.emplace_back("content-length", std::to_string(out.asked.body.size()));
  out.status = answered.at("status");
  out.body = answered.contains("json") ? answered.at("json") : json(json::value_t::discarded);
  out.seen = answered.contains("json") || !is_json(answered.at("headers"));
  return out;
}

known_task task(const char* name) {
  known_task out;
  out.name = name;
  out.queued_min = out.queued_max = seconds(2);
  out.runs_min = out.runs_max = milliseconds(400);
  out.queues = {"hello-queue", "shared-queue"};
  out.obeys_payload = true;
  return out;
}

known_task scheduled_task(const char* name, const char* cron = "", const char* zone = "UTC") {
  known_task out = task(name);
  out.queues.clear();
  out.scheduled = true;
  out.cron = cron;
  out.zone = zone;
  return out;
}

environment home(environment_type type, const char* key, const char* id, std::initializer_list<const char*> tasks) {
  environment out;
  out.type = type;
  out.key = key;
  out.id = id;
  for (const char* name : tasks) out.tasks.push_back(task(name));
  return out;
}

bool comes_with_status(std::string_view key) {
  constexpr std::string_view keys[] = {"startedAt", "finishedAt", "version", "output", "error", "expiredAt"};
  return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

bool in_other_status(const json& ours, const json& theirs) {
  return ours.contains("status") && theirs.contains("status") &&
         (ours.at("status") != theirs.at("status") || ours.at("status") == "CANCELED");
}

const json* same_id(const json& ours, const json& list) {
  if (!ours.is_object() || !ours.contains("id")) return nullptr;
  const auto at = std::find_if(list.begin(), list.end(), [&](const json& theirs) {
    return theirs.contains("id") && theirs.at("id") == ours.at("id");
  });
  return at == list.end() ? nullptr : &*at;
}

bool fits_one(const json& ours, const json& list) {
  return std::any_of(list.begin(), list.end(), [&](const json& theirs) { return differences(ours, theirs).empty(); });
}

}  // namespace

std::vector<exchange> recorded_exchanges() {
  std::vector<exchange> out;
  for (const auto& file : fs::directory_iterator(TRIGGERD_SOURCE_DIR "/tests/conformance/data/exchanges"))
    if (file.path().extension() == ".json") out.push_back(read(file.path()));
  std::sort(out.begin(), out.end(),
            [](const exchange& a, const exchange& b) { return a.at != b.at ? a.at < b.at : a.id < b.id; });
  return out;
}

world recorded_world() {
  using type = environment_type;
  world out;
  project local;
  local.ref = "proj_localaaaaaaaaaaaaaaa";
  local.name = "Local Project";
  local.id = "cmwu2hkht0006e47dhov1jncp";
  local.environments = {
      home(type::development, "tr_dev_LocalDevKey0000000000001", "cmwu2hkio0009e47d8z7yz5ox",
           {"hello-world", "no-retry"}),
      home(type::staging, "tr_stg_LocalStgKey0000000000001", "cmwu2hkix000ae47dt0b2wf7k", {"hello-world", "no-retry"}),
      home(type::preview, "tr_preview_LocalPreviewKey00001", "cmwu2hkj7000ce47d61929nqr", {"hello-world", "no-retry"}),
      home(type::production, "tr_prod_LocalProdKey000000000001", "cmwu2hkj3000be47d4zpx5yz9",
           {"hello-world", "no-retry", "child-task"})};
  for (environment& one : local.environments) one.tasks.push_back(scheduled_task("nightly-report"));
  environment& local_prod = local.environments.back();
  local_prod.tasks.push_back(scheduled_task("declared-cron", "0 5 * * *", "Europe/Paris"));
  local_prod.queue_bounds = {{"hello-queue", 5}, {"shared-queue", 2}};
  project second;
  second.ref = "proj_otherbbbbbbbbbbbbbbb";
  second.name = "Other Project";
  second.environments = {home(type::production, "tr_prod_OtherProdKey000000000001", "", {"hello-world"})};
  second.environments[0].queue_limit = 2;
  project empty;
  empty.ref = "proj_emptyccccccccccccccc";
  empty.name = "Empty Project";
  empty.environments = {home(type::development, "tr_dev_EmptyDevKey0000000000001", "", {}),
                        home(type::production, "tr_prod_EmptyProdKey000000000001", "", {})};
  out.projects = {local, second, empty};
  access_token alice, bob;
  alice.value = "tr_pat_a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1";
  alice.projects = {local.ref, empty.ref};
  bob.value = "tr_pat_b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2";
  bob.projects = {second.ref};
  out.tokens = {alice, bob};
  out.regions = {"local-dev"};
  return out;
}

std::vector<std::string> differences(const json& ours, const json& theirs, const std::string& path) {
  std::vector<std::string> out;
  if (type_word(ours) != type_word(theirs)) {
    out.push_back(path + ": " + std::string(type_word(ours)) + " instead of " + std::string(type_word(theirs)));
  } else if (ours.is_object()) {
    const bool moved = in_other_status(ours, theirs);
    for (const auto& [key, value] : theirs.items())
      if (!ours.contains(key) && !(moved && comes_with_status(key))) out.push_back(path + '.' + key + ": missing");
    for (const auto& [key, value] : ours.items()) {
      if (moved && comes_with_status(key)) continue;
      if (!theirs.contains(key)) out.push_back(path + '.' + key + ": too much");
      else
        for (auto& one : differences(value, theirs.at(key), path + '.' + key)) out.push_back(std::move(one));
    }
  } else if (ours.is_array()) {
    if (ours.empty() != theirs.empty())
      out.push_back(path + ": " + std::to_string(ours.size()) + " elements instead of " +
                    std::to_string(theirs.size()));
    if (theirs.size() == 1 && ours.size() == 1) return differences(ours[0], theirs[0], path + "[0]");
    const bool by_id =
        std::any_of(ours.begin(), ours.end(), [&](const json& one) { return same_id(one, theirs) != nullptr; });
    for (std::size_t i = 0; i < ours.size() && !theirs.empty(); ++i) {
      const std::string here = path + '[' + std::to_string(i) + ']';
      if (const json* same = same_id(ours[i], theirs)) {
        for (auto& one : differences(ours[i], *same, here)) out.push_back(std::move(one));
      } else if (!by_id && !fits_one(ours[i], theirs)) {
        out.push_back(here + ": like none of the recorded ones");
      }
    }
  }
  return out;
}

}  // namespace triggerd::sandbox::test
