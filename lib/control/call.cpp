#include "control/call.hpp"

#include <algorithm>
#include <cassert>

namespace triggerd::control {

task<> call::reply(nlohmann::json parameters) {
  assert(!answered_ && "a call is answered once");
  inspect(parameters, asked_.reply, asked_.name);
  answered_ = true;
  first("ok");
  if (!message_.oneway) {
    reply_message out;
    out.parameters = std::move(parameters);
    out_.send(std::move(out), false);
  }
  co_return;
}

task<> call::error(std::string name, nlohmann::json parameters) {
  assert(!answered_ && "a call is answered once");
  if (name.find('.') == std::string::npos) {
    const auto same = [&](const error_type& e) { return e.name == name; };
    const auto known = std::find_if(speaks_.errors.begin(), speaks_.errors.end(), same);
    if (known != speaks_.errors.end()) inspect(parameters, known->parameters, name);
    else log_.error("a verb answered with an error that the interface does not name", {{"method", asked_.name}});
    name = speaks_.qualified(name);
  }
  answered_ = true;
  first(name);
  if (!message_.oneway) {
    reply_message out;
    out.error = std::move(name);
    out.parameters = std::move(parameters);
    out_.send(std::move(out), false);
  }
  co_return;
}

task<bool> call::stream(nlohmann::json parameters) {
  assert(!answered_ && more() && "stream() is for calls with 'more' that are not answered");
  inspect(parameters, asked_.reply, asked_.name);
  first("accepted");
  reply_message out;
  out.parameters = std::move(parameters);
  out.continues = true;
  co_return out_.send(std::move(out), true);
}

// A reply that does not fit the interface is our mistake; the peer is better off with it than without.
void call::inspect(const nlohmann::json& parameters, const std::vector<field>& fields, const std::string& what) {
  const auto fits = check(speaks_, fields, parameters);
  if (!fits)
    log_.error("an answer does not fit the interface: " + fits.error().message + " " + fits.error().peer,
               {{"method", asked_.name}, {"answer", what}});
}

void call::first(const std::string& outcome) {
  if (const auto run = std::exchange(first_, nullptr)) run(outcome);
}

}  // namespace triggerd::control
