#include "sandbox/handlers.hpp"
#include "sandbox/page.hpp"
#include "sandbox/spans.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox::handlers {

namespace {

constexpr std::size_t waitpoint_body = 10'240;
constexpr std::size_t waitpoint_tags = 10;

std::string callback_url(const state& in, const waitpoint& one) {
  return in.config.base_url + "/api/v1/waitpoints/tokens/" + in.waitpoints.id_of(one) + "/callback/" +
         in.waitpoints.callback_hash(one);
}

json waitpoint_row(const state& in, const waitpoint& one) {
  json out = {{"id", in.waitpoints.id_of(one)},
              {"url", callback_url(in, one)},
              {"status", one.status(in.now)},
              {"tags", one.tags},
              {"createdAt", text::iso(one.created)}};
  if (one.times_out) out["timeoutAt"] = out["completedAfter"] = text::iso(*one.times_out);
  if (one.completed) out["completedAt"] = text::iso(*one.completed);
  else if (one.times_out && *one.times_out <= in.now) out["completedAt"] = text::iso(*one.times_out);
  if (!one.key.empty()) out["idempotencyKey"] = one.key;
  if (one.key_expires) out["idempotencyKeyExpiresAt"] = text::iso(*one.key_expires);
  return out;
}

json whole_waitpoint(const state& in, const waitpoint& one) {
  json out = waitpoint_row(in, one);
  if (one.output) {
    out["output"] = *one.output;
    out["outputType"] = one.output_type;
    out["outputIsError"] = false;
  } else if (one.status(in.now) == "TIMED_OUT") {
    out["output"] = R"({"message":"Waitpoint timed out"})";
    out["outputType"] = "application/json";
    out["outputIsError"] = true;
  }
  return out;
}

// As the server keeps data: text as it is, everything else as superjson.
void complete_with(waitpoint& one, const json* data, instant now) {
  one.completed = now;
  if (data == nullptr) return;
  const bool is_text = data->is_string();
  one.output = is_text ? data->get<std::string>() : dump_json({{"json", *data}});
  one.output_type = is_text ? "text/plain" : "application/super+json";
}

reply waitpoint_done() { return answer(200, {{"success", true}}); }
reply no_waitpoint() { return refuse(404, "Waitpoint not found"); }

std::optional<reply> read_waitpoint_text(const json& body, const char* name, std::string& into) {
  const json* given = find(body, name);
  if (given == nullptr) return std::nullopt;
  if (!given->is_string()) return refuse_body("Expected string, received " + std::string(type_word(*given)), name);
  into = given->get<std::string>();
  return std::nullopt;
}

std::optional<reply> read_waitpoint_tags(const json& body, std::vector<std::string>& into) {
  const json* given = find(body, "tags");
  if (given == nullptr) return std::nullopt;
  if (!given->is_string() && !given->is_array()) return refuse_body("Invalid input", "tags");
  for (const json& tag : given->is_array() ? *given : json::array({*given})) {
    if (!tag.is_string()) return refuse_body("Expected string, received " + std::string(type_word(tag)), "tags");
    into.push_back(tag);
  }
  if (into.size() > waitpoint_tags)
    return refuse(422, "Waitpoints can only have 10 tags, you're trying to set " + std::to_string(into.size()) + ".");
  return std::nullopt;
}

std::optional<instant> waitpoint_end(const std::string& timeout, instant now) {
  if (const auto wait = read_duration(timeout)) return now + *wait;
  return text::parse_iso(timeout);  // nothing readable: no end
}

struct waitpoint_filter {
  std::vector<std::string> statuses, tags;
  std::string key;
  std::optional<instant> from, to;

  bool fits(const waitpoint& one, instant now) const {
    const auto has = [](const std::vector<std::string>& list, std::string_view word) {
      return std::find(list.begin(), list.end(), word) != list.end();
    };
    const bool tagged = tags.empty() || std::any_of(tags.begin(), tags.end(),
                                                    [&](const std::string& tag) { return has(one.tags, tag); });
    return tagged && (statuses.empty() || has(statuses, one.status(now))) && (key.empty() || one.key == key) &&
           (!from || one.created >= *from) && (!to || one.created <= *to);
  }
};

std::variant<waitpoint_filter, reply> read_waitpoint_filter(const state& in, const target& from) {
  waitpoint_filter out;
  out.statuses = listed(from.value("filter[status]").value_or(""));
  std::vector<std::string> unknown;
  for (const std::string& word : out.statuses)
    if (word != "WAITING" && word != "COMPLETED" && word != "TIMED_OUT") unknown.push_back(word);
  if (!unknown.empty())
    return query_error({{"code", "custom"},
                        {"message", "Invalid status values: " + text::join(unknown, ", ")},
                        {"path", json::array({"filter[status]"})}});
  out.tags = listed(from.value("filter[tags]").value_or(""));
  out.key = from.value("filter[idempotencyKey]").value_or("");
  if (const auto period = from.value("filter[createdAt][period]"))
    if (const auto span = read_span(*period)) out.from = in.now - *span;
  if (const auto at = from.value("filter[createdAt][from]")) out.from = read_date(*at);
  if (const auto at = from.value("filter[createdAt][to]")) out.to = read_date(*at);
  return out;
}

}  // namespace

reply create_waitpoint(state& in, const call& from) {
  auto body = read_body(from, waitpoint_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  const json& asked = std::get<json>(body);
  if (!from.who.may("write", {"waitpoints"})) return forbidden();
  waitpoint wanted;
  std::string timeout, key_ttl;
  auto trouble = read_waitpoint_text(asked, "timeout", timeout);
  if (!trouble) trouble = read_waitpoint_text(asked, "idempotencyKey", wanted.key);
  if (!trouble) trouble = read_waitpoint_text(asked, "idempotencyKeyTTL", key_ttl);
  if (!trouble) trouble = read_waitpoint_tags(asked, wanted.tags);
  if (trouble) return std::move(*trouble);
  live_environment& where = *from.who.where;
  waitpoint* one = in.waitpoints.held(where, wanted.key, in.now);
  const bool cached = one != nullptr;
  if (!cached) {
    if (in.waitpoints.size() >= limits::sandbox_waitpoints) return refuse(500, "Something went wrong");
    wanted.created = in.now;
    wanted.times_out = waitpoint_end(timeout, in.now);
    if (const auto lifetime = read_key_lifetime(key_ttl)) wanted.key_expires = in.now + *lifetime;
    one = &in.waitpoints.create(where, std::move(wanted));
  }
  const std::string id = in.waitpoints.id_of(*one);
  reply out = answer(200, {{"id", id}, {"isCached", cached}, {"url", callback_url(in, *one)}});
  add_token(in, from.who, out, json::array({"write:waitpoints:" + id}), false);
  return out;
}

reply list_waitpoints(state& in, const call& from) {
  if (!from.who.may("read", {"waitpoints"})) return forbidden();
  auto filter = read_waitpoint_filter(in, from.where);
  if (auto* refusal = std::get_if<reply>(&filter)) return std::move(*refusal);
  auto wanted = read_page(from.where, waitpoint_prefix, in.seed);
  if (auto* refusal = std::get_if<reply>(&wanted)) return std::move(*refusal);
  const auto& by = std::get<waitpoint_filter>(filter);
  const page found =
      take_page(in.waitpoints.of(*from.who.where), std::get<page_request>(wanted),
                [&](std::uint64_t number) { return by.fits(in.waitpoints.at(number), in.now) ? fit::yes : fit::no; });
  json rows = json::array(), pages = json::object();
  for (const std::uint64_t number : found.rows) rows.push_back(waitpoint_row(in, in.waitpoints.at(number)));
  const auto mark = [&](std::uint64_t number) {
    return cursor(waitpoint_prefix, in.seed, number, in.waitpoints.at(number).created.time_since_epoch().count());
  };
  if (found.next && !found.rows.empty()) pages["next"] = mark(found.rows.back());
  if (found.previous && !found.rows.empty()) pages["previous"] = mark(found.rows.front());
  return answer(200, {{"data", std::move(rows)}, {"pagination", std::move(pages)}});
}

reply get_waitpoint(state& in, const call& from) {
  if (!from.who.may("read", {"waitpoints"})) return forbidden();
  const waitpoint* found = in.waitpoints.find(from.arguments[0]);
  if (found == nullptr || found->where != from.who.where) return refuse(500, "Internal Server Error");
  return answer(200, whole_waitpoint(in, *found));
}

reply complete_waitpoint(state& in, const call& from) {
  auto body = read_body(from, limits::trigger_body);
  if (auto* refusal = std::get_if<reply>(&body)) return std::move(*refusal);
  if (!from.who.may("write", {"waitpoints:" + from.argument(0)})) return forbidden();
  waitpoint* found = in.waitpoints.find(from.arguments[0]);
  if (found == nullptr || found->where != from.who.where) return no_waitpoint();
  if (found->status(in.now) == "WAITING") complete_with(*found, find(std::get<json>(body), "data"), in.now);
  return waitpoint_done();
}

// Whoever knows the address may call it: its last part is a hash that only the server can make.
reply call_back_waitpoint(state& in, const call& from) {
  if (!first_header(from.asked.headers, "content-length")) return refuse(411, "Content-Length header is required");
  if (from.asked.body.size() > limits::trigger_body) return refuse(413, "Request body too large");
  waitpoint* found = in.waitpoints.find(from.arguments[0]);
  if (found == nullptr) return no_waitpoint();
  if (in.waitpoints.callback_hash(*found) != from.arguments[1]) return refuse(401, "Invalid URL, hash doesn't match");
  const json data = parse_json(from.asked.body).value_or(json::object());
  if (found->status(in.now) == "WAITING") complete_with(*found, &data, in.now);
  return waitpoint_done();
}

}  // namespace triggerd::sandbox::handlers
