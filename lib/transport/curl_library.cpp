#include "transport/curl_library.hpp"

#include "transport/codes.hpp"

#include <curl/curl.h>

#include <array>

namespace triggerd::transport {
namespace {

constexpr unsigned int oldest = 0x075800;  // 7.88.0: QUICK_EXIT, PREREQFUNCTION, and 7.87's socket faults mended

struct fault {
  unsigned int first;
  unsigned int last;
  std::string_view what;
};

constexpr std::array faults{
    fault{0x080900, 0x080900,
          "sockets of closed connections are never removed and keep the loop spinning (curl#14280)"},
    fault{0x080a00, 0x080b00, "timers may not be set again, requests then hang until our own deadline (curl#15627)"},
    fault{0x080e00, 0x080e01, "many requests on one handle are slow (curl#18017)"},
    fault{0x081400, 0x081400, "an internal descriptor is never removed and keeps the loop spinning (curl#21960)"},
};

const curl_version_info_data& info() {
  static const auto* const known = curl_version_info(CURLVERSION_NOW);  // which is put together at every call
  return *known;
}

result<> check_abilities() {
  const auto& have = info();
  const std::string release = std::string("libcurl ") + have.version;
  if (have.version_num < oldest) return fail(codes::unusable, release + " is too old: install 7.88 or newer");
  if (!have.ssl_version || !std::string_view(have.ssl_version).starts_with("OpenSSL"))
    return fail(codes::unusable,
                release + " was not built with OpenSSL: install the libcurl4 package, not its GnuTLS variant");
  if ((have.features & CURL_VERSION_ASYNCHDNS) == 0)
    return fail(codes::unusable,
                release + " looks names up on the calling thread and would stop the loop: use a threaded build");
  return {};
}

}  // namespace

result<> start_curl() {
  // Never undone: curl_global_cleanup is unsafe while lookup threads that curl left behind still run.
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK)
    return fail(codes::unusable, std::string("libcurl could not be initialised: ") + curl_easy_strerror(started));
  return check_abilities();
}

std::optional<std::string_view> known_fault(unsigned int version) {
  for (const auto& one : faults)
    if (version >= one.first && version <= one.last) return one.what;
  return std::nullopt;
}

bool curl_reuses_cleartext_http2() { return info().version_num >= 0x080000; }

bool curl_has_gzip() { return (info().features & CURL_VERSION_LIBZ) != 0; }

std::string_view curl_ca_file() {
  const auto& have = info();
  if (have.age < CURLVERSION_SEVENTH || !have.cainfo) return {};
  return have.cainfo;
}

}  // namespace triggerd::transport
