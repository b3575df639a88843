// A model with a small world and a clock of its own, asked by hand.
#pragma once

#include "sandbox/faults.hpp"
#include "sandbox/json_text.hpp"
#include "sandbox/model.hpp"

namespace triggerd::sandbox::test {

constexpr const char* shop = "proj_shopaaaaaaaaaaaaaaaa";
constexpr const char* other = "proj_otherbbbbbbbbbbbbbbb";
constexpr const char* prod_key = "tr_prod_shopInvented000000000001";
constexpr const char* staging_key = "tr_stg_shopInvented000000000002";
constexpr const char* preview_key = "tr_preview_shopInvented000000003";
constexpr const char* dev_key = "tr_dev_shopInvented000000000004";
constexpr const char* narrow_key = "tr_prod_sk_shopInvented0000000005";  // may only trigger hello
constexpr const char* other_key = "tr_prod_otherInvented00000000006";
constexpr const char* user_token = "tr_pat_invented0000000000000000000000000000000001";
constexpr const char* stranger_token =
    "tr_pat_invented0000000000000000000000000000000002";  // sees the other project only

// hello (obeys its payload), flaky (always fails, its replays succeed) and slow in every environment.
world small_world();

struct answered {
  int status = 0;
  header_list headers;
  std::string text;
  json body;  // discarded when it is none

  std::string error() const { return body.is_object() ? body.value("error", "") : std::string(); }
  std::optional<std::string> header(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  std::string id() const { return body.at("id").get<std::string>(); }
};

class site {
 public:
  explicit site(world of = small_world(), std::uint64_t seed = 7);

  answered get(const std::string& target, const char* key = prod_key, header_list more = {});
  answered post(const std::string& target, const json& body, const char* key = prod_key, header_list more = {});
  answered put(const std::string& target, const json& body, const char* key = prod_key);
  answered remove(const std::string& target, const char* key = prod_key);
  answered send(request asked);
  request make(const char* method, const std::string& target, std::string body, const char* key, header_list more = {});

  // Shorthands.
  answered trigger(const std::string& task, const json& options = json::object(), const char* key = prod_key,
                   header_list more = {});
  answered items(const std::string& batch, const std::vector<json>& lines, const char* key = prod_key);
  json run(const std::string& id, const char* key = prod_key);
  std::string status(const std::string& id, const char* key = prod_key) { return run(id, key).value("status", ""); }
  std::vector<std::string> listed(const std::string& query, const char* key = prod_key);

  void pass(milliseconds how_long) { now += how_long; }

  instant now{milliseconds(1'795'487'000'000)};
  model server;
};

}  // namespace triggerd::sandbox::test
