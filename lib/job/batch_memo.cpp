#include "job/batch_memo.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

using nlohmann::json;

std::optional<instant> instant_of(const json& memo, const char* name) {
  const auto found = memo.find(name);
  if (found == memo.end() || !found->is_number_integer()) return std::nullopt;
  return instant(milliseconds(found->get<std::int64_t>()));
}

void put(json& memo, const char* name, const std::optional<instant>& at) {
  if (at) memo[name] = at->time_since_epoch().count();
}

void put(json& memo, const char* name, std::uint64_t count) {
  if (count > 0) memo[name] = count;
}

}  // namespace

batch_memo batch_memo::read(const std::string& text) {
  batch_memo out;
  const auto memo = json::parse(text, nullptr, false);
  if (!memo.is_object()) return out;
  out.batch = memo.value("batch", std::string());
  out.begun = instant_of(memo, "begun");
  out.streams = memo.value("streams", 0);
  out.sealed = instant_of(memo, "sealed");
  out.look = memo.value("look", false);
  out.cancelled = instant_of(memo, "cancelled");
  out.ok = memo.value("ok", std::uint64_t{0});
  out.bad = memo.value("bad", std::uint64_t{0});
  out.counted = memo.value("counted", std::uint64_t{0});
  return out;
}

std::string batch_memo::write() const {
  auto memo = json::object();
  if (!batch.empty()) memo["batch"] = batch;
  put(memo, "begun", begun);
  if (streams > 0) memo["streams"] = streams;
  put(memo, "sealed", sealed);
  if (look) memo["look"] = true;
  put(memo, "cancelled", cancelled);
  put(memo, "ok", ok);
  put(memo, "bad", bad);
  put(memo, "counted", counted);
  return memo.empty() ? std::string() : memo.dump();
}

}  // namespace triggerd::job
