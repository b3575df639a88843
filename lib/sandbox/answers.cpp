#include "sandbox/answers.hpp"

#include <cstdio>

namespace triggerd::sandbox {

namespace {

constexpr std::string_view json_type = "application/json; charset=utf-8";

reply problem(int status, json body) {
  body["status"] = status;
  body["type"] = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/" + std::to_string(status);
  body["error"] = body.at("detail");
  reply out{status, {{"content-type", "application/problem+json; charset=utf-8"}}, body.dump(2)};
  out.headers.emplace_back("content-length", std::to_string(out.body.size()));
  return out;
}

}  // namespace

reply answer(int status, const json& body) {
  return {status, {{"content-type", std::string(json_type)}}, dump_json(body)};
}

reply refuse(int status, std::string_view text) { return answer(status, {{"error", text}}); }

reply refuse_body(std::string_view complaint, std::string_view path) {
  std::string text = "Validation error: " + std::string(complaint);
  if (!path.empty()) text += " at \"" + std::string(path) + '"';
  return refuse(400, text);
}

reply query_error(json detail) {
  return answer(400, {{"error", "Query Error"}, {"details", json::array({std::move(detail)})}});
}

reply invalid_body(json issue) {
  return answer(400, {{"error", "Invalid request body"}, {"issues", json::array({std::move(issue)})}});
}

reply forbidden() {
  return answer(
      403, {{"error", "Unauthorized"}, {"code", "unauthorized"}, {"param", "access_token"}, {"type", "authorization"}});
}

reply crashed() { return {500, {{"content-type", "text/plain; charset=utf-8"}}, "Unexpected Server Error"}; }

reply page_not_found() {
  static const std::string page =
      "<!DOCTYPE html><html lang=\"en\" class=\"h-full\" data-theme=\"dark\"><head><meta charset=\"utf-8\"/>"
      "<title>Page not found</title></head><body><main><h1>404</h1><p>Page not found</p></main><!--" +
      std::string(6'900, '.') + "--></body></html>";
  return {404, {{"content-type", "text/html; charset=utf-8"}, {"cache-control", "no-cache"}}, page};
}

reply moved(std::string_view where) {
  return {301,
          {{"content-type", "text/plain; charset=utf-8"}, {"location", std::string(where)}},
          "Moved Permanently. Redirecting to " + std::string(where)};
}

reply nothing(int status) { return {status, {}, {}}; }

reply odd_method(int status) {
  reply out = answer(status, {{"message", "Unexpected Server Error"}});
  out.headers.emplace_back("x-remix-error", "yes");
  return out;
}

reply no_credential() {
  return problem(401, {{"title", "Unauthorized"}, {"detail", "No authorization header provided"}});
}

reply too_many_requests(std::int64_t limit, double seconds_left, std::int64_t reset_ms) {
  char left[32];
  std::snprintf(left, sizeof left, "%.3f", seconds_left);
  return problem(429, {{"title", "Rate Limit Exceeded"},
                       {"detail", "Rate limit exceeded 0/" + std::to_string(limit) + " requests remaining. Retry in " +
                                      left + " seconds."},
                       {"reset", reset_ms},
                       {"limit", limit},
                       {"remaining", -1},
                       {"secondsUntilReset", seconds_left}});
}

void should_retry(reply& to, bool yes) { to.headers.emplace_back("x-should-retry", yes ? "true" : "false"); }

json required(std::string_view expected, const json* got, std::string_view path) {
  const std::string_view word = got == nullptr ? "undefined" : type_word(*got);
  return {{"code", "invalid_type"},
          {"expected", expected},
          {"received", word},
          {"path", json::array({path})},
          {"message",
           got == nullptr ? "Required" : "Expected " + std::string(expected) + ", received " + std::string(word)}};
}

}  // namespace triggerd::sandbox
