#include "client/request.hpp"

#include "api/any_call.hpp"
#include "api/codes.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "client/permission.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace triggerd::client {

namespace {

using spec::credential_kind;
using spec::environment;
using spec::exchange_style;

constexpr std::string_view branch_header = "x-trigger-branch";

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

// The environment in the call's path, where its template has one.
std::optional<environment> environment_of(const api::call& what) {
  for (const char* name : {"slug", "env"})
    if (const auto part = api::path_part(what, name)) return spec::environment_from(*part);
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

using header_list = std::vector<std::pair<std::string, std::string>>;

bool is_header_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

void add_own(header_list& out, const settings& of, const api::call& what, random_source& random) {
  const spec::endpoint& to = *what.endpoint;
  if (!to.open) {
    std::string bearer = "Bearer ";
    bearer += of.key->value.expose();
    out.emplace_back("authorization", std::move(bearer));
  }
  if (what.body) out.emplace_back("content-type", std::string(what.content_type));
  if (to.style != exchange_style::bare) out.emplace_back("x-trigger-api-version", "2025-07-16");
  if (to.style != exchange_style::bare && to.style != exchange_style::shape) {
    out.emplace_back("x-trigger-realtime-streams-version", of.streams_version);
    out.emplace_back("x-trigger-source", "api");
  }
  if (sends_request_id(to)) out.emplace_back("x-trigger-request-idempotency-key", random.uuid_v4());
}

// Those of this call alone stand in the place of ours.
result<void> add_of_call(header_list& out, const api::call& what) {
  for (const auto& header : what.headers) {
    if (!is_header_name(header.first) || text::has_control(header.second))
      return fail(api::codes::bad_argument,
                  std::string(what.endpoint->id) + ": a value holds what no header can carry");
    const auto known = std::find_if(out.begin(), out.end(), [&](const auto& one) { return one.first == header.first; });
    if (known == out.end()) out.push_back(header);
    else known->second = header.second;
  }
  return {};
}

result<void> add_additional(header_list& out, const settings& of) {
  for (const auto& [written, value] : of.headers) {
    std::string name = text::lower(written);
    if (!is_header_name(name) || text::has_control(value))
      return fail(api::codes::bad_argument, "an additional header has a name or a value that no header can carry");
    const bool taken = std::any_of(out.begin(), out.end(), [&](const auto& one) { return one.first == name; });
    if (!is_ours(name) && !taken) out.emplace_back(std::move(name), value);
  }
  return {};
}

// Percent-encoding leaves dots alone, and servers resolve "." and ".." away: another endpoint would get the request.
result<void> check_path(const api::call& what) {
  const auto path = std::string_view(what.path).substr(0, what.path.find('?'));
  const auto segments = text::split(path, '/');
  for (std::size_t i = 1; i < segments.size(); ++i)  // the path begins with a slash
    if (segments[i].empty() || segments[i] == "." || segments[i] == "..")
      return fail(api::codes::bad_argument,
                  std::string(what.endpoint->id) + ": a name or id is empty or only dots, so no URL can name it");
  const auto names = text::percent_decode(path);
  if (!names || text::has_control(*names))
    return fail(api::codes::bad_argument, std::string(what.endpoint->id) + ": a name or id holds control characters");
  return {};
}

void set_patience(transport::request& request, const settings& of, exchange_style style) {
  request.connect_timeout = of.connect_timeout;
  request.first_byte_timeout = of.first_byte_timeout;
  if (style == exchange_style::shape)
    request.first_byte_timeout = std::max<milliseconds>(of.first_byte_timeout, limits::long_poll);
  if (style == exchange_style::events) request.stall_timeout = limits::event_silence;
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

bool sends_request_id(const spec::endpoint& of) {
  return of.style == exchange_style::ordinary || of.style == exchange_style::bare;
}

result<transport::request> make_request(const settings& of, const api::call& what, random_source& random, instant now) {
  if (const auto allowed = check_permission(of, what, now); !allowed) return allowed.error();
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
  if (const auto added = add_of_call(request.headers, what); !added) return added.error();
  if (const auto added = add_additional(request.headers, of); !added) return added.error();
  request.body = what.body;
  request.chunked = what.chunked;
  request.mutation = what.mutates();
  request.repeatable = what.repeatable();
  set_patience(request, of, what.endpoint->style);
  request.most_bytes = limits::response_body;
  if (const auto fits = check_size(request); !fits) return fits.error();
  return request;
}

}  // namespace triggerd::client
