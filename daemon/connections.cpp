#include "connections.hpp"

#include "version.hpp"

namespace triggerd {

namespace {

transport::http_version version_of(spec::http_version v) {
  switch (v) {
    case spec::http_version::automatic: return transport::http_version::automatic;
    case spec::http_version::http_1_1: return transport::http_version::http_1_1;
    case spec::http_version::http_2: break;
  }
  return transport::http_version::http_2;
}

transport::ip_version version_of(spec::ip_version v) {
  switch (v) {
    case spec::ip_version::any: return transport::ip_version::any;
    case spec::ip_version::v4: return transport::ip_version::v4;
    case spec::ip_version::v6: break;
  }
  return transport::ip_version::v6;
}

transport::curl_options options_of(const spec::target_spec& target) {
  transport::curl_options out;
  out.proxy = target.proxy;
  out.tls = {target.tls.ca, target.tls.cert, target.tls.key, target.tls.min_version};
  out.http = version_of(target.http);
  out.ip = version_of(target.ip);
  // The files were checked: plain HTTP to another machine stands here only when the target allows it.
  out.allow_plaintext = target.allow_plaintext || target.base_url.starts_with("http://");
  out.version = version;
  return out;
}

}  // namespace

std::function<std::shared_ptr<transport::transport>(const spec::target_spec&)> connections_on(
    transport::curl_loop& loop) {
  return [&loop, last = std::shared_ptr<const transport::curl_options>()](const spec::target_spec& target) mutable {
    transport::curl_options options = options_of(target);
    if (!last || !(*last == options)) last = std::make_shared<const transport::curl_options>(std::move(options));
    return std::make_shared<transport::curl_transport>(loop, last);
  };
}

}  // namespace triggerd
