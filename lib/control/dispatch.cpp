#include "control/dispatch.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <cassert>

namespace triggerd::control {

namespace {

using nlohmann::json;

json named(const char* name, std::string_view value) {
  json out = json::object();
  out[name] = std::string(value);
  return out;
}

// Bounded, and safe for one line; lists apart by blanks.
std::string quoted(const json& value) {
  std::string out;
  const json one = value.is_array() ? value : json::array({value});
  for (const json& part : one) {
    const std::string text = part.is_string() ? part.get<std::string>() : part.dump();
    out += (out.empty() ? "" : " ") + text;
  }
  return text::printable(out, limits::control_quoted);
}

std::string told_of(const json& parameters, const std::string& names) {
  std::string out;
  for (const auto name : text::split(names, ' ')) {
    const auto found = parameters.find(name);
    if (found == parameters.end() || found->is_null()) continue;
    out += (out.empty() ? "" : ", ") + std::string(name) + ' ' + quoted(*found);
  }
  return out;
}

}  // namespace

dispatcher::dispatcher(const interface& speaks, std::vector<verb> verbs, product_info about, uid_t own,
                       std::function<void(const audit_entry&)> audit, complaints& refused, log& log)
    : speaks_(speaks), about_(std::move(about)), own_(own), audit_(std::move(audit)), refused_(refused), log_(log) {
  assert(faults(speaks).empty());
  for (verb& v : verbs) {
    assert(speaks.find_method(v.name) != nullptr && "a verb stands in the interface");
    std::string name = v.name;
    verbs_.emplace(std::move(name), std::move(v));
  }
}

void dispatcher::refuse(const call_message& message, outlet& out, std::string name, json parameters) const {
  if (message.oneway) return;
  reply_message reply;
  reply.error = std::move(name);
  reply.parameters = std::move(parameters);
  out.send(std::move(reply), false);
}

void dispatcher::audit(const peer& who, const verb& v, const json& parameters, const std::string& outcome) const {
  if (!v.changes || !audit_) return;
  const std::string words = parameters.dump(-1, ' ', false, json::error_handler_t::replace);
  audit_({who, v.name, told_of(parameters, v.told), sha256_hex(words), outcome});
}

// In the audit, or as a complaint where nothing would have changed.
void dispatcher::tell_denied(const call_message& message, const peer& who, const verb* asked) const {
  if (asked == nullptr || !asked->changes) refused_.write(who, "may not call " + text::printable(message.method, 128));
  else if (refused_.admits(who)) audit(who, *asked, message.parameters, "denied");
}

void dispatcher::serve_introspection(const call_message& message, std::string_view member, outlet& out) const {
  const interface& service = service_interface();
  const method* asked = service.find_method(member);
  if (asked == nullptr) {
    refuse(message, out, service.qualified("MethodNotFound"), named("method", member));
    return;
  }
  if (const auto fits = check(service, asked->parameters, message.parameters); !fits) {
    refuse(message, out, service.qualified("InvalidParameter"), named("parameter", fits.error().message));
    return;
  }
  reply_message reply;
  if (member == "GetInfo") {
    reply.parameters["vendor"] = about_.vendor;
    reply.parameters["product"] = about_.product;
    reply.parameters["version"] = about_.version;
    reply.parameters["url"] = about_.url;
    reply.parameters["interfaces"] = json::array({service.name, speaks_.name});
  } else {
    const auto& wanted = message.parameters["interface"].get_ref<const std::string&>();
    if (wanted != service.name && wanted != speaks_.name) {
      refuse(message, out, service.qualified("InterfaceNotFound"), named("interface", wanted));
      return;
    }
    reply.parameters["description"] = render(wanted == speaks_.name ? speaks_ : service);
  }
  if (!message.oneway) out.send(std::move(reply), false);
}

task<> dispatcher::run(call_message message, peer who, outlet& out) {
  const interface& service = service_interface();
  const role has = role_of(who);
  const std::size_t dot = message.method.rfind('.');
  const std::string of = dot == std::string::npos ? "" : message.method.substr(0, dot);
  const std::string member = message.method.substr(dot == std::string::npos ? 0 : dot + 1);
  const auto found = of == speaks_.name ? verbs_.find(member) : verbs_.end();
  const role needs = found == verbs_.end() ? role::read : found->second.needs;

  if (has < needs) {
    tell_denied(message, who, found == verbs_.end() ? nullptr : &found->second);
    json why = named("needs", name(needs));
    why["has"] = std::string(name(has));
    refuse(message, out, speaks_.qualified("PermissionDenied"), std::move(why));
    if (has == role::none) out.hang_up();  // nothing this peer could ask would be answered
    co_return;
  }
  if (of == service.name) {
    serve_introspection(message, member, out);
    co_return;
  }
  if (of != speaks_.name) {
    refuse(message, out, service.qualified("InterfaceNotFound"), named("interface", of));
    co_return;
  }
  const method* asked = speaks_.find_method(member);
  if (asked == nullptr || found == verbs_.end()) {
    const char* why = asked == nullptr ? "MethodNotFound" : "MethodNotImplemented";
    refuse(message, out, service.qualified(why), named("method", member));
    co_return;
  }
  if (const auto fits = check(speaks_, asked->parameters, message.parameters); !fits) {
    const std::string invalid = service.qualified("InvalidParameter");
    audit(who, found->second, message.parameters, invalid);
    refuse(message, out, invalid, named("parameter", fits.error().message));
    co_return;
  }

  const verb& v = found->second;
  if (!asked->streams) message.more = false;
  call one(std::move(message), who, out, speaks_, *asked, log_);
  one.on_first_answer([this, &v, &one](const std::string& how) { audit(one.who(), v, one.parameters(), how); });
  co_await v.run(one);
  if (!one.answered()) {
    log_.error("a verb ended without an answer", {{"method", member}});
    json nothing = named("method", member);
    co_await one.error(service.qualified("MethodNotImplemented"), std::move(nothing));
  }
}

}  // namespace triggerd::control
