#include "api/reports.hpp"

#include "api/address.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"
#include "base/text.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::api {

namespace {

// Markdown cannot be proved; an HTML page of a proxy or a wrong base URL can.
result<std::string> read_markdown(const transport::response& reply) {
  const auto shown = text::trim(reply.body);
  if (shown.empty() || shown.front() == '<' || !text::is_utf8(shown))
    return fail(codes::unreadable, "the reply is no report in Markdown");
  return reply.body;
}

result<std::string> read_json_report(const transport::response& reply) {
  const auto body = parse_body(reply);
  if (!body) return body.error();
  if (!body->is_structured()) return fail(codes::unreadable, "the reply is no report in JSON");
  return reply.body;
}

}  // namespace

operation<std::string> retrieve_report(std::string_view key, report_format format, std::string_view period) {
  query text;
  text.add("format", format == report_format::json ? "json" : "markdown").add("period", period);
  return {make_call("reports.get", {key}, text.text()),
          format == report_format::json ? read_json_report : read_markdown};
}

}  // namespace triggerd::api
