#include "ctl/server_requests.hpp"

#include "ctl/input.hpp"

namespace triggerd::ctl {

namespace {

// As long as it takes: a target's turn may be far off, and Ctrl-C gives it up.
request patient(std::string method, const arguments& said) {
  request out;
  out.method = std::move(method);
  out.parameters["target"] = said.target;
  out.patient = true;
  return out;
}

void add_scopes(json& into, const char* action, const std::vector<std::string>& of) {
  for (const std::string& one : of) into.push_back(std::string(action) + ':' + one);
}

}  // namespace

result<request> ask_call(const arguments& said) {
  request out = patient("Call", said);
  out.parameters["endpoint"] = said.endpoint;
  const auto values = named_values(said.parameters, "--param");
  if (!values) return values.error();
  if (!values->empty()) out.parameters["parameters"] = *values;
  if (said.body.empty()) return out;
  auto body = read_input(said.body);
  if (!body) return body.error();
  out.parameters["body"] = std::move(*body);
  return out;
}

result<request> ask_token(const arguments& said) {
  request out = patient("Token", said);
  json scopes = json::array();
  add_scopes(scopes, "read", said.reads);
  add_scopes(scopes, "write", said.writes);
  add_scopes(scopes, "trigger", said.triggers);
  add_scopes(scopes, "batchTrigger", said.batch_triggers);
  if (said.everything) scopes.push_back("admin");
  out.parameters["scopes"] = std::move(scopes);
  if (!said.expires.empty()) out.parameters["expires"] = said.expires;
  if (said.one_time) out.parameters["one_time"] = true;
  return out;
}

result<request> ask_session(const arguments& said) {
  const bool append = said.verb == "append";
  request out = patient(append ? "SessionAppend" : "SessionTail", said);
  out.parameters["session"] = said.what;
  if (said.in || said.out) out.parameters["side"] = said.in ? "in" : "out";
  if (!append) {
    out.how = streaming::lines;
    if (said.from) out.parameters["from"] = *said.from;
    if (said.follow) out.parameters["follow"] = true;
    if (said.text.empty()) return out;
    return fail(codes::invalid_argument, "tail takes no text; append does");
  }
  if (said.from || said.follow) return fail(codes::invalid_argument, "--from and --follow are for tail");
  auto record = said.text.empty() || said.text == "-" ? read_input("-") : result<std::string>(said.text);
  if (!record) return record.error();
  out.parameters["record"] = std::move(*record);
  return out;
}

}  // namespace triggerd::ctl
