#include "api/failure.hpp"

#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "base/limits.hpp"
#include "base/redaction.hpp"
#include "base/text.hpp"
#include "transport/codes.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace triggerd::api {

namespace {

constexpr std::size_t longest_error_body = 64u << 10;  // the server's own are far shorter
constexpr std::size_t most_details = 3;                // of a list of validation errors

std::string subject(const call& what) { return std::string(what.endpoint->id); }

std::optional<bool> should_retry(const transport::response& reply) {
  const auto text = reply.head.first("x-should-retry");
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

// --- the server's words ---

std::string path_text(const nlohmann::json& path) {
  std::string text;
  if (!path.is_array()) return text;
  for (const auto& part : path) {
    if (!text.empty() && (part.is_string() || part.is_number())) text += '.';
    // Only names and places in a list: writing anything deeper would recurse as deep as the server likes.
    if (part.is_string()) text += part.get_ref<const std::string&>();
    if (part.is_number()) text += json_text(part);
  }
  return text;
}

// "name: what is wrong" of the first entries of a list of complaints.
std::string details_of(const nlohmann::json& list) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& one : list) {
    const auto words = text_member(one, "message").value_or(text_member(one, "error").value_or(std::string()));
    if (words.empty()) continue;
    if (shown++ == most_details) return text + "; ...";
    std::string where = text_member(one, "key").value_or(std::string());
    if (where.empty() && one.is_object() && one.contains("path")) where = path_text(one["path"]);
    text += text.empty() ? "" : "; ";
    text += where.empty() ? words : where + ": " + words;
  }
  return text;
}

std::string words_of(const nlohmann::json& body) {
  std::string words;
  if (const auto* object = object_member(body, "error"))
    words = text_member(*object, "message").value_or(std::string());
  for (const char* name : {"error", "message", "detail", "title"})
    if (words.empty()) words = text_member(body, name).value_or(std::string());
  for (const char* name : {"variableErrors", "issues", "details", "deniedScopes"}) {
    const auto* list = array_member(body, name);
    if (list == nullptr) continue;
    const std::string details =
        name == std::string_view("deniedScopes") ? text::join(texts_member(body, name), ", ") : details_of(*list);
    if (!details.empty()) words += (words.empty() ? "" : " - ") + details;
  }
  return words;
}

// --- what they must not give away ---

// As it is, and as the server finds it when it quotes our body unread.
void learn(redaction& net, const nlohmann::json& value) {
  if (!value.is_string()) return;
  net.learn(value.get_ref<const std::string&>());
  const std::string quoted = json_text(value);
  net.learn(std::string_view(quoted).substr(1, quoted.size() - 2));
}

// Values of variables are no business of logs and ledgers, and servers like to quote what they refuse.
redaction net_over(const call& what) {
  redaction net;
  if (!what.body || !what.endpoint->id.starts_with("envvars.")) return net;
  const auto sent = nlohmann::json::parse(*what.body, nullptr, false);
  if (const auto one = sent.is_object() ? sent.find("value") : sent.end(); one != sent.end()) learn(net, *one);
  for (const char* name : {"variables", "parentVariables"})
    if (const auto* values = object_member(sent, name))
      for (const auto& value : *values) learn(net, value);
  return net;
}

// --- what a status means ---

failure refusal(const call& what, int status) {
  failure f;
  f.kind = failure_kind::refused;
  const std::string who = subject(what);
  if (status >= 300 && status < 400) {
    f.what = fail(codes::redirected, who + ": the server answered with a redirect, which is never followed");
  } else if (status == 401) {
    f.kind = failure_kind::credential;
    f.what = fail(codes::unauthorized, who + ": the server did not accept the key, or the branch it was used with");
  } else if (status == 403) {
    f.what = fail(codes::forbidden, who + ": the key lacks the scope or the role for this");
  } else if (status == 404) {
    f.what = fail(codes::not_found, who + ": there is no such thing in this environment");
  } else if (status == 413 || status == 431) {
    f.what = fail(codes::too_large, who + ": the request is larger than the server takes");
  } else if (status == 429) {
    f.kind = failure_kind::throttled;
    f.what = fail(codes::rate_limited, who + ": the server's rate limit is used up");
  } else {
    f.what = fail(codes::refused, who + ": the server refused it");
  }
  return f;
}

// What is known when the server may have begun the work and gave no readable yes or no.
failure_kind after_loss(const call& what) {
  return what.mutates() && !what.repeatable() ? failure_kind::ambiguous : failure_kind::transient;
}

failure server_fault(const call& what, const transport::response& reply) {
  failure f;
  const bool final = reply.status == 500 && what.server_fault_is_final && should_retry(reply) != true;
  f.kind = final ? failure_kind::refused : after_loss(what);
  f.may_have_happened = what.mutates();
  f.what = fail(codes::server, subject(what) + ": the server failed to answer");
  return f;
}

failure of_reply(const call& what, const transport::response& reply, instant now) {
  const bool fault = reply.status >= 500 || reply.status == 408;
  failure f = fault ? server_fault(what, reply) : refusal(what, reply.status);
  f.status = reply.status;
  f.should_retry = should_retry(reply);
  f.what.message += " (" + std::to_string(reply.status) + ')';
  f.what.peer = peer_words(reply, net_over(what));
  // Read replicas lag: the server itself says of some 404 that they may pass.
  const bool no = !fault && reply.status >= 400 && f.kind == failure_kind::refused;
  if (no && f.should_retry == true) f.kind = failure_kind::transient;
  if (f.kind == failure_kind::throttled) f.wait = asked_wait(reply, now);
  return f;
}

}  // namespace

std::string_view name(failure_kind kind) {
  switch (kind) {
    case failure_kind::not_sent: return "not-sent";
    case failure_kind::ambiguous: return "ambiguous";
    case failure_kind::throttled: return "throttled";
    case failure_kind::transient: return "transient";
    case failure_kind::credential: return "credential";
    case failure_kind::refused: return "refused";
  }
  return {};
}

void throw_exception_from_error(const failure& f, const boost::source_location& where) {
  throw std::logic_error("unchecked failure at " + where.to_string() + ": " + f.what.describe());
}

failure refused_here(error why) {
  failure f;
  f.what = std::move(why);
  return f;
}

std::optional<failure> classify(const call& what, const transport::outcome& seen, instant now) {
  failure f;
  switch (seen.what) {
    case transport::knowledge::not_sent:
      // A request that cannot be made from the configuration cannot be made later either.
      f.kind = seen.failure.code == transport::codes::unusable ? failure_kind::refused : failure_kind::not_sent;
      f.what = seen.failure;
      return f;
    case transport::knowledge::ambiguous:
      f.kind = after_loss(what);
      f.what = seen.failure;
      f.status = seen.reply.status;
      f.may_have_happened = what.mutates();
      return f;
    case transport::knowledge::answered: break;
  }
  const int status = seen.reply.status;
  if (status >= 200 && status < 300) return std::nullopt;
  if (status < 200 || status > 599)
    return unreadable(what, seen, fail(codes::unreadable, "the reply has no status of HTTP"));
  return of_reply(what, seen.reply, now);
}

failure unreadable(const call& what, const transport::outcome& seen, error why) {
  failure f;
  f.kind = after_loss(what);
  f.status = seen.reply.status;
  f.may_have_happened = what.mutates();
  f.should_retry = should_retry(seen.reply);
  f.what = std::move(why);
  f.what.message.insert(0, subject(what) + ": ");
  return f;
}

std::string peer_words(const transport::response& reply, const redaction& net) {
  if (reply.body.size() > longest_error_body) return {};
  const std::string_view body = text::trim(reply.body);
  if (body.empty() || body.front() == '<') return {};
  // Cleaned before it is cut: half a value would not be known.
  const auto shown = [&net](std::string_view words) { return text::printable(net.clean(words), limits::peer_words); };
  const auto parsed = parse_body(reply);
  if (!parsed) return shown(body);
  if (parsed->is_string()) return shown(parsed->get_ref<const std::string&>());
  return shown(words_of(*parsed));
}

}  // namespace triggerd::api
