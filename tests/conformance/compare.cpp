#include "conformance/compare.hpp"

#include "base/text.hpp"
#include "spec/units.hpp"

#include <algorithm>
#include <array>

namespace triggerd::conformance {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> equal_headers{"authorization", "x-trigger-branch", "x-trigger-api-version",
                                                        "x-trigger-realtime-streams-version"};
// Of these the SDK makes its own value, or they mean nothing to the server.
constexpr std::array<std::string_view, 3> never_replaced{"authorization", "content-type", "trigger-version"};

using complaints = std::vector<std::string>;

void differ(complaints& out, std::string_view what, const std::string& recorded, const std::string& ours) {
  if (recorded != ours) out.push_back(std::string(what) + ": recorded \"" + recorded + "\", ours \"" + ours + '"');
}

std::string recorded_header(const json& recorded, std::string_view name) {
  const json& headers = recorded.at("headers");
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->get<std::string>();
}

bool is_uuid_v4(std::string_view text) {
  if (text.size() != 36 || text[14] != '4') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !hex) return false;
  }
  return true;
}

// --- address ---

// Ordered pairs; '+' is a blank.
json query_of(std::string_view target) {
  json pairs = json::array();
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return pairs;
  for (const auto one : text::split(target.substr(mark + 1), '&')) {
    const auto equals = std::min(one.find('='), one.size());
    json pair = json::array();
    for (auto part : {one.substr(0, equals), one.substr(std::min(equals + 1, one.size()))}) {
      std::string spaced(part);
      std::replace(spaced.begin(), spaced.end(), '+', ' ');
      pair.push_back(text::percent_decode(spaced).value_or("(not decodable) " + spaced));
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::string path_of(std::string_view target) { return std::string(target.substr(0, target.find('?'))); }

std::string host_of(const std::string& url) {
  const auto start = url.find("://");
  if (start == std::string::npos) return {};
  return url.substr(start + 3, url.find('/', start + 3) - start - 3);
}

// A packet's name is drawn by lot.
std::string without_random(std::string target) {
  constexpr std::string_view before = "trigger%2Fpacket_";
  constexpr std::size_t drawn = 21;
  const auto at = target.find(before);
  if (at != std::string::npos && target.find("%2Fpayload", at) == at + before.size() + drawn)
    target.erase(at + before.size(), drawn);
  return target;
}

void compare_address(complaints& out, const json& recorded, const transport::request& ours) {
  const std::string target = without_random(target_of(ours.url));
  const auto recorded_target = without_random(recorded.at("target").get<std::string>());
  differ(out, "host", recorded_header(recorded, "host"), host_of(ours.url));
  differ(out, "method", recorded.at("method"), ours.method);
  differ(out, "path", path_of(recorded_target), path_of(target));  // raw: section 2 gives one encoding for each
  differ(out, "query", recorded.at("query").dump(), query_of(target).dump());
}

// --- headers ---

void compare_headers(complaints& out, const json& recorded, const transport::request& ours, const json& additional,
                     tally& met) {
  for (const auto name : equal_headers) {
    const auto theirs = recorded_header(recorded, name);
    const auto mine = header_of(ours, name);
    const auto bearer = header_of(ours, "authorization");
    const bool fixed_place = bearer.starts_with("Bearer tr_prod_") || bearer.starts_with("Bearer tr_stg_");
    if (name == "x-trigger-branch" && fixed_place && mine.empty() && !theirs.empty()) ++met[differs::branch.name];
    else differ(out, name, theirs, mine);
  }
  if (ours.body)
    differ(out, "content-type", recorded_header(recorded, "content-type"), header_of(ours, "content-type"));
  differ(out, "transfer-encoding", recorded_header(recorded, "transfer-encoding"), ours.chunked ? "chunked" : "");

  const bool keyed = !recorded_header(recorded, "x-trigger-request-idempotency-key").empty();
  const auto id = header_of(ours, "x-trigger-request-idempotency-key");
  const bool to_store = ours.method == "PUT" && header_of(ours, "authorization").empty();
  if (to_store && id.empty()) ++met[differs::store.name];
  else if (keyed ? !is_uuid_v4(id) : !id.empty())
    out.push_back("x-trigger-request-idempotency-key: ours is \"" + id + '"');

  for (const auto& one : additional.items()) {
    const auto name = text::lower(one.key());
    if (std::find(never_replaced.begin(), never_replaced.end(), name) != never_replaced.end()) continue;
    if (name == "x-trigger-source") ++met[differs::source.name];
    else differ(out, name, recorded_header(recorded, name), header_of(ours, name));
  }
}

// --- bodies ---

// The superjson text in `payload`, as what it holds.
json opened(json body) {
  if (!body.is_object() || !body.contains("payload")) return body;
  const json& typed = body.contains("options") ? body["options"] : body;
  if (typed.value("payloadType", std::string()) != "application/super+json") return body;
  body["payload"] = json::parse(body["payload"].get<std::string>());
  return body;
}

void in_seconds(json& of, const char* name, tally& met) {
  if (!of.contains(name)) return;
  json& written = of[name];
  json seconds = written;
  if (written.is_number_integer()) seconds = written.dump() + 's';
  else if (written.is_string())
    if (const auto span = spec::parse_duration(written.get<std::string>())) seconds = spec::server_duration(*span);
  if (seconds == written) return;
  ++met[differs::durations.name];
  written = std::move(seconds);
}

void spans_in_seconds(json& of, tally& met) {
  for (const auto* name : {"delay", "ttl", "idempotencyKeyTTL", "timeout"}) in_seconds(of, name, met);
}

// Filters of a bulk action: one value, or a list of one.
void lists_in_filter(json& body, json& like, tally& met) {
  if (!body.contains("filter") || !like.contains("filter")) return;
  for (auto& one : body["filter"].items())
    if (!one.value().is_array() && like["filter"].contains(one.key()) && like["filter"][one.key()].is_array()) {
      one.value() = json::array({one.value()});
      ++met[differs::one_filter.name];
    }
}

// What the SDK would have sent, had it our manners.
void adjust(json& theirs, json& ours, const std::string& path, tally& met) {
  if (path.ends_with("/import") && theirs.value("override", true) == false) {
    theirs.erase("override");
    ++met[differs::no_override.name];
  }
  if (theirs.is_object()) spans_in_seconds(theirs, met);
  if (theirs.is_object()) lists_in_filter(theirs, ours, met);
  for (const auto* name : {"operations", "parentOperations", "rootOperations"})
    if (theirs.is_object() && theirs.contains(name) && theirs[name].empty()) theirs.erase(name);
  if (!theirs.contains("options") || !theirs["options"].is_object() || !ours.contains("options")) return;
  json& options = theirs["options"];
  spans_in_seconds(options, met);
  if (options.contains("debounce"))
    for (const auto* name : {"delay", "maxDelay"}) in_seconds(options["debounce"], name, met);
  if (options.contains("tags") && options["tags"].is_string()) {
    options["tags"] = json::array({options["tags"]});
    ++met[differs::one_tag.name];
  }
  const bool item = path.ends_with("/items");
  if (item && !options.contains("idempotencyKeyOptions") && ours["options"].erase("idempotencyKeyOptions") > 0)
    ++met[differs::item_words.name];
}

void compare_json(complaints& out, const std::string& theirs_text, const std::string& ours_text,
                  const std::string& path, tally& met) {
  json theirs = json::parse(theirs_text, nullptr, false);
  json ours = json::parse(ours_text, nullptr, false);
  if (theirs.is_discarded() || ours.is_discarded()) return differ(out, "body", theirs_text, ours_text);
  theirs = opened(std::move(theirs));
  ours = opened(std::move(ours));
  adjust(theirs, ours, path, met);
  if (theirs != ours) out.push_back("body: from recorded to ours " + json::diff(theirs, ours).dump());
}

// Each line with its end; what follows the last one is no line.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  if (start < text.size()) lines.push_back(text.substr(start) + "(no line end)");
  return lines;
}

void compare_body(complaints& out, const json& recorded, const transport::request& ours, tally& met) {
  const std::string theirs = recorded.at("body").is_string() ? recorded["body"].get<std::string>() : std::string();
  const std::string mine = ours.body ? *ours.body : std::string();
  if (theirs.empty() || mine.empty()) return differ(out, "body", theirs, mine);
  const std::string path = path_of(recorded.at("target").get<std::string>());
  if (header_of(ours, "content-type") != "application/x-ndjson") return compare_json(out, theirs, mine, path, met);
  const auto their_lines = lines_of(theirs);
  const auto our_lines = lines_of(mine);
  differ(out, "number of lines", std::to_string(their_lines.size()), std::to_string(our_lines.size()));
  for (std::size_t i = 0; i < std::min(their_lines.size(), our_lines.size()); ++i)
    compare_json(out, their_lines[i], our_lines[i], path, met);
}

}  // namespace

std::string target_of(const std::string& url) {
  const auto host = url.find("://");
  const auto path = host == std::string::npos ? host : url.find('/', host + 3);
  return path == std::string::npos ? url : url.substr(path);
}

std::string header_of(const transport::request& request, std::string_view name) {
  std::string joined;
  for (const auto& [header, value] : request.headers)
    if (header == name) joined += (joined.empty() ? "" : ", ") + value;
  return joined;
}

std::vector<std::string> compare(const json& recorded, const transport::request& ours, const json& additional,
                                 tally& met) {
  complaints out;
  compare_address(out, recorded, ours);
  compare_headers(out, recorded, ours, additional, met);
  compare_body(out, recorded, ours, met);
  return out;
}

}  // namespace triggerd::conformance
