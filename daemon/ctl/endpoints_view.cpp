#include "ctl/endpoints_view.hpp"

#include "ctl/reading.hpp"
#include "ctl/table.hpp"
#include "spec/endpoint.hpp"

namespace triggerd::ctl {

namespace {

std::string callers(const spec::endpoint& of) { return of.open ? "anybody" : spec::who_may_call(of); }

json as_json(const spec::endpoint& of) {
  json out = {{"schema_version", 1}};
  out["id"] = of.id;
  out["method"] = of.method;
  out["path"] = of.path;
  out["callers"] = callers(of);
  out["body"] = of.body;
  return out;
}

}  // namespace

std::string show_endpoints(const arguments& said, const screen& on) {
  std::string lines;
  table out({{"ENDPOINT"}, {"METHOD"}, {"PATH", false, true}, {"WHO MAY CALL IT", false, true, 1}});
  for (const auto& one : spec::endpoints()) {
    if (said.names) lines += std::string(one.id) + '\n';
    else if (said.json) lines += as_json(one).dump() + '\n';
    else out.add({std::string(one.id), std::string(one.method), std::string(one.path), callers(one)});
  }
  return said.names || said.json ? lines : out.render(on);
}

}  // namespace triggerd::ctl
