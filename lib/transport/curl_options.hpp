// How one target's connections are made. Plain values: this room knows no spec.
#pragma once

#include <string>

namespace triggerd::transport {

enum class http_version { automatic, http_1_1, http_2 };  // automatic: HTTP/2 where TLS negotiates it
enum class ip_version { any, v4, v6 };

struct tls_options {
  std::string ca;                   // PEM file with the accepted authorities; empty: the system's
  std::string cert;                 // client certificate, PEM file; empty: none
  std::string key;                  // its key, PEM file
  std::string min_version = "1.2";  // "1.2" or "1.3"

  friend bool operator==(const tls_options&, const tls_options&) = default;
};

struct curl_options {
  std::string proxy;  // URL; empty: none. The process environment is never asked.
  tls_options tls;
  http_version http = http_version::automatic;
  ip_version ip = ip_version::any;
  bool allow_plaintext = false;  // http:// as well as https://
  std::string version;           // of this program, for the user agent "triggerd/VERSION"

  friend bool operator==(const curl_options&, const curl_options&) = default;
};

}  // namespace triggerd::transport
