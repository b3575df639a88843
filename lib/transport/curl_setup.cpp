#include "transport/curl_setup.hpp"

#include "base/secret.hpp"
#include "base/text.hpp"
#include "transport/codes.hpp"
#include "transport/curl_library.hpp"

#include <openssl/ssl.h>
#include <string.h>

#include <algorithm>
#include <cstring>

namespace triggerd::transport {
namespace {

long curl_http(http_version version, bool plaintext) {
  switch (version) {
    case http_version::http_1_1: return CURL_HTTP_VERSION_1_1;
    case http_version::http_2: return plaintext ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_2TLS;
    case http_version::automatic: break;
  }
  return CURL_HTTP_VERSION_2TLS;
}

long curl_ip(ip_version version) {
  if (version == ip_version::v4) return CURL_IPRESOLVE_V4;
  if (version == ip_version::v6) return CURL_IPRESOLVE_V6;
  return CURL_IPRESOLVE_WHATEVER;
}

bool is_plaintext(std::string_view url) { return text::equals_ignoring_case(url.substr(0, 5), "http:"); }

bool sends_length_zero(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

bool has_header(const std::vector<std::pair<std::string, std::string>>& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(),
                     [&](const auto& one) { return text::equals_ignoring_case(one.first, name); });
}

bool is_header_name(std::string_view name) {
  const auto fits = [](char c) { return c > ' ' && c < '\x7f' && c != ':' && c != ';'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

bool append(header_lines& lines, const char* line) {
  curl_slist* longer = curl_slist_append(lines.get(), line);
  if (!longer) return false;
  (void)lines.release();
  lines.reset(longer);
  return true;
}

constexpr long small_reply = 1'024;    // bytes; the least buffer that curl takes. Larger replies come in several pieces
constexpr long small_upload = 16'384;  // bytes; the least buffer that curl takes, and what surely fits into a socket

CURLcode use_trust(CURL*, void* context, void* store) noexcept {
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(context), static_cast<X509_STORE*>(store));
  return CURLE_OK;
}

}  // namespace

void header_lines_deleter::operator()(curl_slist* list) const {
  for (curl_slist* one = list; one; one = one->next) ::explicit_bzero(one->data, std::strlen(one->data));
  curl_slist_free_all(list);
}

std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  return text::printable(url, 256);
}

result<> check(const request& what) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool method_fits = !what.method.empty() && std::all_of(what.method.begin(), what.method.end(), is_capital);
  if (!method_fits) return fail(codes::unusable, "the method of a request is written in capital letters only");
  if (what.url.empty() || text::has_control(what.url) || what.url.find(' ') != std::string::npos)
    return fail(codes::unusable,
                host_of(what.url) + ": the URL is empty or holds spaces or control characters; encode its parts");
  for (const auto& [name, value] : what.headers) {
    if (!is_header_name(name) || text::has_control(value))
      return fail(codes::unusable, host_of(what.url) + ": the header '" + text::printable(name, 64) +
                                       "' cannot be sent: its name or value holds control characters or separators");
  }
  return {};
}

bool needs_trust(const request& what, const curl_options& options) {
  return !is_plaintext(what.url) || !options.proxy.empty() || !options.tls.ca.empty();
}

bool may_become_http2(const request& what, const curl_options& options) {
  if (options.http == http_version::http_1_1) return false;
  return options.http == http_version::http_2 || !is_plaintext(what.url);
}

bool speaks_http2(CURL* easy) {
  curl_tlssessioninfo* tls = nullptr;
  if (curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || tls == nullptr) return true;
  if (tls->backend != CURLSSLBACKEND_OPENSSL || tls->internals == nullptr) return true;
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(static_cast<const SSL*>(tls->internals), &chosen, &size);
  return std::string_view(reinterpret_cast<const char*>(chosen), size) == "h2";
}

void set_connection(option_setter& set, const request& what, const curl_options& options, const trust_store& trust) {
  set(CURLOPT_URL, what.url.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // else ending an exchange waits for its name lookup
  set(CURLOPT_PROTOCOLS_STR, options.allow_plaintext ? "http,https" : "https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_PATH_AS_IS, 1L);
  // Both set, also when empty: else curl asks the environment.
  set(CURLOPT_PROXY, options.proxy.c_str());
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_HTTP_VERSION, curl_http(options.http, is_plaintext(what.url)));
  set(CURLOPT_IPRESOLVE, curl_ip(options.ip));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(what.connect_timeout.count(), 1)));
  const bool cleartext_http2 = options.http == http_version::http_2 && is_plaintext(what.url);
  if (cleartext_http2 && !curl_reuses_cleartext_http2()) set(CURLOPT_FRESH_CONNECT, 1L);
  // Only where HTTP/2 is wanted for sure: on HTTP/1 it makes requests wait for one another.
  set(CURLOPT_PIPEWAIT, options.http == http_version::http_2 ? 1L : 0L);
  const std::string agent = options.version.empty() ? "triggerd" : "triggerd/" + options.version;
  set(CURLOPT_USERAGENT, agent.c_str());
  if (curl_has_gzip()) set(CURLOPT_ACCEPT_ENCODING, "gzip");

  set(CURLOPT_SSLVERSION,
      static_cast<long>(options.tls.min_version == "1.3" ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  if (trust) {
    set(CURLOPT_SSL_CTX_FUNCTION, &use_trust);
    set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(trust.get()));
  }
  if (!options.tls.cert.empty()) set(CURLOPT_SSLCERT, options.tls.cert.c_str());
  if (!options.tls.key.empty()) set(CURLOPT_SSLKEY, options.tls.key.c_str());
}

bool sends_body_with_head(const request& what) {
  return has_body(what) && what.repeatable && !what.chunked && what.body->size() <= std::size_t{small_upload};
}

// curl sends a request again by itself when a reused connection turns out dead, and reports the second answer alone. The
// second start of a mutation is refused by the exchange itself. For one that must not be repeated another thing stands
// against it: a body is read once and cannot be rewound, and without a body the connection is new, so there is nothing to
// reuse.
void set_method(option_setter& set, const request& what) {
  // Curl makes its buffers anew for every request, and large ones make the allocator tidy up each time. What changes
  // something is answered shortly; lists and streams are read.
  if (what.mutation) set(CURLOPT_BUFFERSIZE, small_reply);
  if (has_body(what)) {
    set(CURLOPT_POST, 1L);
    // Minus one: chunked on HTTP/1.1, plain frames on HTTP/2.
    const auto length = what.chunked ? curl_off_t{-1} : static_cast<curl_off_t>(what.body->size());
    set(CURLOPT_POSTFIELDSIZE_LARGE, length);
    if (sends_body_with_head(what)) set(CURLOPT_POSTFIELDS, what.body->data());
    if (what.body->size() < std::size_t{small_upload}) set(CURLOPT_UPLOAD_BUFFERSIZE, small_upload);
  } else if (sends_length_zero(what.method)) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
    set(CURLOPT_COPYPOSTFIELDS, "");
  } else if (what.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else {
    set(CURLOPT_HTTPGET, 1L);
  }
  if (what.method != "HEAD") set(CURLOPT_CUSTOMREQUEST, what.method.c_str());
  if (what.mutation && !has_body(what)) set(CURLOPT_FRESH_CONNECT, 1L);
}

result<header_lines> set_headers(option_setter& set, request& what) {
  header_lines lines;
  // No pause of a second before a body, which curl makes before large ones, and no type that curl would invent.
  bool all = sends_body_with_head(what) || append(lines, "Expect:");
  if (!has_header(what.headers, "content-type")) all = append(lines, "Content-Type:") && all;
  std::string line;
  std::size_t longest = 0;
  for (const auto& [name, value] : what.headers) longest = std::max(longest, name.size() + value.size() + 2);
  line.reserve(longest);  // never moved: nothing of a value stays behind
  for (const auto& [name, value] : what.headers) {
    line.assign(name).append(value.empty() ? ";" : ": ").append(value);  // "Name:" would remove it
    all = append(lines, line.c_str()) && all;
  }
  line.resize(longest);  // wiped as far as it was ever filled
  wipe(line);
  wipe_headers(what);
  if (!all) return fail(codes::unusable, "out of memory for request headers");
  set(CURLOPT_HTTPHEADER, lines.get());
  return lines;
}

void wipe_headers(request& what) {
  for (auto& header : what.headers) wipe(header.second);
  what.headers.clear();
}

}  // namespace triggerd::transport
