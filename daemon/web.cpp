#include "web.hpp"

#include "instance.hpp"

namespace triggerd {

namespace {

http::reply text_reply(int status, std::string body, const char* type = "text/plain; charset=utf-8") {
  http::reply out;
  out.status = status;
  out.headers.emplace_back("Content-Type", type);
  out.body = std::move(body);
  return out;
}

// Healthy is who takes work, or will again without anybody's help.
http::reply health(const instance& of) {
  const job::engine_state state = of.engine->state();
  const bool well = state == job::engine_state::running || state == job::engine_state::clock_held;
  return text_reply(well ? 200 : 503, std::string(job::name(state)) + '\n');
}

task<http::reply> answer(instance& of, http::request asked) {
  const std::string path = asked.target.substr(0, asked.target.find('?'));
  if (asked.method != "GET" && asked.method != "HEAD") co_return text_reply(405, "only GET\n");
  if (path == "/healthz") co_return health(of);
  if (path == "/metrics")
    co_return text_reply(200, of.counts.render(standing_of(of)), "text/plain; version=0.0.4; charset=utf-8");
  co_return text_reply(404, "only /metrics and /healthz\n");
}

}  // namespace

http::handler web_answers(instance& of) {
  return [&of](http::request asked) { return answer(of, std::move(asked)); };
}

}  // namespace triggerd
