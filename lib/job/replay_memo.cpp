#include "job/replay_memo.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

namespace {

void write(nlohmann::json& into, const char* name, const std::optional<instant>& at) {
  if (at) into[name] = at->time_since_epoch().count();
}

std::optional<instant> stored_instant(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  if (found == from.end() || !found->is_number_integer()) return std::nullopt;
  return instant(milliseconds(found->get<std::int64_t>()));
}

std::uint64_t count_of(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

bool flag_of(const nlohmann::json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_boolean() && found->get<bool>();
}

}  // namespace

std::string replay_memo::text() const {
  nlohmann::json out = nlohmann::json::object();
  if (watch) out["watch"] = true;
  write(out, "first", first);
  write(out, "last", last);
  write(out, "ended", ended);
  if (ended) out["success"] = success;
  if (ended) out["failure"] = failure;
  if (noticed) out["noticed"] = true;
  return out.dump();
}

replay_memo replay_memo::read(std::string_view text) {
  replay_memo out;
  const auto written = nlohmann::json::parse(text, nullptr, false);
  if (!written.is_object()) return out;
  out.watch = flag_of(written, "watch");
  out.first = stored_instant(written, "first");
  out.last = stored_instant(written, "last");
  out.ended = stored_instant(written, "ended");
  out.success = count_of(written, "success");
  out.failure = count_of(written, "failure");
  out.noticed = flag_of(written, "noticed");
  return out;
}

}  // namespace triggerd::job
