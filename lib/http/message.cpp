#include "http/message.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <charconv>

namespace triggerd::http {

namespace {

bool has(const header_list& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& one) { return one.first == name; });
}

std::string hex(std::size_t number) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, number, 16).ptr;
  return {text, end};
}

bool bodiless(int status) { return status == 204 || status == 304; }

}  // namespace

std::string head_of(const reply& out, bool keep_alive, bool head_only) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(out.status));
  std::string text = "HTTP/1.1 " + std::to_string(out.status) + ' ' + std::string(reason) + "\r\n";
  for (const auto& [name, value] : out.headers) text += name + ": " + value + "\r\n";
  if (!bodiless(out.status) && !has(out.headers, "content-length")) {
    if (out.chunked || out.rest) text += "transfer-encoding: chunked\r\n";
    else if (!head_only) text += "content-length: " + std::to_string(out.body.size()) + "\r\n";
  }
  text += keep_alive ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n";
  return text;
}

std::string body_of(const reply& out) {
  if (bodiless(out.status)) return {};
  if (out.rest) return out.body.empty() ? std::string() : chunk_of(out.body);
  if (!out.chunked || has(out.headers, "content-length")) return out.body;
  return out.body.empty() ? chunk_of({}) : chunk_of(out.body) + chunk_of({});
}

std::string chunk_of(std::string_view part) {
  if (part.empty()) return "0\r\n\r\n";
  return hex(part.size()) + "\r\n" + std::string(part) + "\r\n";
}

}  // namespace triggerd::http
