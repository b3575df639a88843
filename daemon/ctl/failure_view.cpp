#include "ctl/failure_view.hpp"

#include "control/codes.hpp"
#include "ctl/exit_codes.hpp"
#include "ctl/reading.hpp"

namespace triggerd::ctl {

namespace {

std::string unknown_thing(const json& p, const char* kind) {
  const std::string nearest = text_in(p, "nearest");
  return "no " + std::string(kind) + " is named " + text_in(p, kind) +
         (nearest.empty() ? "" : "; did you mean " + nearest + "?");
}

}  // namespace

std::string words_of_failure(const control::failure& f) {
  const json& p = f.parameters;
  if (f.name.empty()) return f.why.message;
  if (f.is("UnknownJob")) return unknown_thing(p, "job");
  if (f.is("UnknownTarget")) return unknown_thing(p, "target");
  if (f.is("UnknownEndpoint"))
    return unknown_thing(p, "endpoint") + (has(p, "nearest") ? "" : "; triggerctl endpoints lists them");
  if (f.is("BadArgument")) return text_in(p, "reason");
  if (f.is("UnknownFire")) return "fire " + text_in(p, "fire") + ": " + text_in(p, "reason");
  if (f.is("BadSelector")) return "selector " + text_in(p, "selector") + ": " + text_in(p, "reason");
  if (f.is("BadVariable")) return "--var " + text_in(p, "name") + ": " + text_in(p, "reason");
  if (f.is("Overlap")) return text_in(p, "job") + " is running already: fire " + text_in(p, "fire");
  if (f.is("NotNow")) return text_in(p, "reason") + " (" + text_in(p, "state") + ")";
  if (f.is("PermissionDenied"))
    return "this needs the role " + text_in(p, "needs") + ", you have " + text_in(p, "has") +
           "; an administrator grants it with [[socket.allow]]";
  if (f.is("TooManySessions"))
    return std::to_string(number_in(p, "most")) + " connections are open, and no more are allowed";
  if (f.is("InvalidParameter")) return "the daemon does not take parameter " + text_in(p, "parameter");
  if (f.is("MethodNotFound") || f.is("MethodNotImplemented"))
    return "the daemon does not know " + text_in(p, "method") + "; it may be of another version";
  if (f.is("Failed")) {
    const std::string peer = text_in(p, "peer");
    return text_in(p, "message") + " (" + text_in(p, "code") + ")" + (peer.empty() ? "" : "; server said: " + peer) +
           (flag_in(p, "unknown") ? "; it may have had its effect: look before you repeat it" : "");
  }
  return f.why.message;
}

std::string show_failure(const control::failure& what, const screen& on) {
  return paint("triggerctl: ", tint::bad, on) + words_of_failure(what) + "\n";
}

int verdict_of_failure(const control::failure& what) {
  if (what.name.empty()) {
    if (what.why.code == control::codes::denied) return exit_code::not_permitted;
    if (what.why.code == codes::invalid_argument) return exit_code::usage;
    const bool nobody = what.why.code == control::codes::no_daemon || what.why.code == control::codes::lost;
    return nobody ? exit_code::no_daemon : exit_code::failed;
  }
  if (what.is("PermissionDenied")) return exit_code::not_permitted;
  for (const char* wrong_words :
       {"UnknownJob", "UnknownTarget", "UnknownFire", "UnknownEndpoint", "BadSelector", "BadVariable", "BadArgument",
        "InvalidParameter", "MethodNotFound", "MethodNotImplemented"})
    if (what.is(wrong_words)) return exit_code::usage;
  if (what.is("Failed") && flag_in(what.parameters, "unknown")) return exit_code::unknown;
  return exit_code::failed;
}

}  // namespace triggerd::ctl
