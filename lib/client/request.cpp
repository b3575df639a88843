#include "client/request.hpp"

#include "api/codes.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace triggerd::client {

namespace {

using spec::credential_kind;
using spec::environment;

constexpr std::string_view branch_header = "x-trigger-branch";
constexpr std::string_view ndjson = "application/x-ndjson";

// Names that the library or the transport decides about; an additional header never touches them.
// One idempotency key in a header would make a single run of all triggers of a target.
constexpr std::array<std::string_view, 13> ours{"authorization",
                                                "accept",
                                                "accept-encoding",
                                                "connection",
                                                "content-encoding",
                                                "content-length",
                                                "content-type",
                                                "expect",
                                                "host",
                                                "idempotency-key",
                                                "idempotency-key-ttl",
                                                "transfer-encoding",
                                                "upgrade"};

bool is_ours(std::string_view name) {
  return name.starts_with("x-trigger-") || std::find(ours.begin(), ours.end(), name) != ours.end();
}

bool takes_branch(environment env) { return env == environment::preview || env == environment::dev; }

// The environment in the call's path, where its template has one: "{slug}" or "{env}".
std::optional<environment> environment_of(const api::call& what) {
  const auto wanted = text::split(what.endpoint->path, '/');
  const auto given = text::split(std::string_view(what.path).substr(0, what.path.find('?')), '/');
  for (std::size_t i = 0; i < std::min(wanted.size(), given.size()); ++i)
    if (wanted[i] == "{slug}" || wanted[i] == "{env}") return spec::environment_from(given[i]);
  return std::nullopt;
}

// The header's bytes are Latin-1. Nullopt for what does not fit: control characters, outer blanks, other alphabets.
std::optional<std::string> latin1(std::string_view branch) {
  if (text::has_control(branch) || text::trim(branch) != branch || !text::is_utf8(branch)) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < branch.size(); ++i) {
    const auto lead = static_cast<unsigned char>(branch[i]);
    if (lead < 0x80) {
      bytes += branch[i];
      continue;
    }
    if (lead > 0xC3) return std::nullopt;
    const auto tail = static_cast<unsigned char>(branch[++i]);
    const auto value = static_cast<unsigned char>(((lead & 0x03) << 6) | (tail & 0x3F));
    if (value < 0xA0) return std::nullopt;  // C1 controls
    bytes += static_cast<char>(value);
  }
  return bytes;
}

result<void> check_credential(const settings& of, const api::call& what) {
  const std::string id(what.endpoint->id);
  const std::string who = spec::who_may_call(*what.endpoint);
  if (!of.key || of.key->value.empty())
    return fail(api::codes::wrong_credential, id + " needs a credential and there is none; it takes " + who);
  if (spec::may_call(of.key->kind, *what.endpoint)) return {};
  return fail(api::codes::wrong_credential, "a credential of the kind " + std::string(spec::name(of.key->kind)) +
                                                " may not call " + id + "; it takes " + who);
}

using header_list = std::vector<std::pair<std::string, std::string>>;

void add_own(header_list& out, const settings& of, const api::call& what, random_source& random) {
  std::string bearer = "Bearer ";
  bearer += of.key->value.expose();
  out.emplace_back("authorization", std::move(bearer));
  if (what.body) out.emplace_back("content-type", what.content_type);
  out.emplace_back("x-trigger-api-version", "2025-07-16");
  out.emplace_back("x-trigger-realtime-streams-version", "v2");
  out.emplace_back("x-trigger-source", "api");
  if (what.content_type != ndjson) out.emplace_back("x-trigger-request-idempotency-key", random.uuid_v4());
}

bool is_header_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

result<void> add_additional(header_list& out, const settings& of) {
  for (const auto& [written, value] : of.headers) {
    std::string name = text::lower(written);
    if (!is_header_name(name) || text::has_control(value))
      return fail(api::codes::bad_argument, "an additional header has a name or a value that no header can carry");
    if (!is_ours(name)) out.emplace_back(std::move(name), value);
  }
  return {};
}

// Percent-encoding leaves dots alone, and servers resolve "." and ".." away: another endpoint would get the request.
result<void> check_path(const api::call& what) {
  const auto segments = text::split(std::string_view(what.path).substr(0, what.path.find('?')), '/');
  for (std::size_t i = 1; i < segments.size(); ++i)  // the path begins with a slash
    if (segments[i].empty() || segments[i] == "." || segments[i] == "..")
      return fail(api::codes::bad_argument,
                  std::string(what.endpoint->id) + ": a name or id is empty or only dots, so no URL can name it");
  return {};
}

result<void> check_size(const transport::request& request) {
  std::size_t size = request.method.size() + request.url.size() + 16;
  for (const auto& [name, value] : request.headers) size += name.size() + value.size() + 4;
  if (size <= limits::request_headers) return {};
  return fail(api::codes::bad_argument,
              "the address and headers of the request are larger than the 16 KiB the server takes");
}

}  // namespace

bool sends_branch(const settings& of, const api::call& what) {
  if (of.branch.empty() || !what.branch || !what.endpoint->sends_branch || !of.key) return false;
  switch (of.key->kind) {
    case credential_kind::secret_key:
    case credential_kind::additional_key:
    case credential_kind::public_token: return takes_branch(of.key->env.value_or(of.env));
    case credential_kind::pat:
    case credential_kind::org_token: break;
  }
  const auto env = environment_of(what);
  return env && takes_branch(*env);
}

result<transport::request> make_request(const settings& of, const api::call& what, random_source& random) {
  if (const auto allowed = check_credential(of, what); !allowed) return allowed.error();
  if (const auto named = check_path(what); !named) return named.error();
  transport::request request;
  request.method = what.endpoint->method;
  request.url = of.base_url + what.path;
  request.headers.reserve(8 + of.headers.size());  // moved around, the bearer would leave copies behind
  add_own(request.headers, of, what, random);
  if (sends_branch(of, what)) {
    auto bytes = latin1(of.branch);
    if (!bytes)
      return fail(api::codes::bad_argument,
                  "the branch header cannot carry this branch: it holds control characters, "
                  "outer blanks or characters beyond Latin-1");
    request.headers.emplace_back(branch_header, std::move(*bytes));
  }
  if (const auto added = add_additional(request.headers, of); !added) return added.error();
  request.body = what.body;
  request.chunked = what.chunked;
  request.mutation = what.mutates();
  request.connect_timeout = of.connect_timeout;
  request.first_byte_timeout = of.first_byte_timeout;
  request.most_bytes = limits::response_body;
  if (const auto fits = check_size(request); !fits) return fits.error();
  return request;
}

}  // namespace triggerd::client
