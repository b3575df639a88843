#include "api/operation.hpp"

#include "api/address.hpp"
#include "api/codes.hpp"
#include "api/json_fields.hpp"

#include <nlohmann/json.hpp>

#include <cassert>

namespace triggerd::api {

call make_call(std::string_view endpoint, std::initializer_list<std::string_view> parts, std::string_view query) {
  call made;
  made.endpoint = spec::find_endpoint(endpoint);
  assert(made.endpoint != nullptr);
  made.path = path_of(*made.endpoint, parts);
  made.path += query;
  return made;
}

call make_call(std::string_view endpoint, std::initializer_list<std::string_view> parts,
               std::shared_ptr<const std::string> json_body) {
  call made = make_call(endpoint, parts);
  made.content_type = "application/json";
  made.body = std::move(json_body);
  return made;
}

call make_json_call(std::string_view endpoint, std::initializer_list<std::string_view> parts,
                    const nlohmann::json& body) {
  return make_call(endpoint, parts, std::make_shared<const std::string>(json_text(body)));
}

// An HTML page with status 200, as a proxy or a wrong base URL gives it, is not "done".
result<nothing> read_nothing(const transport::response& reply) {
  if (reply.status == 204) return nothing{};
  const auto body = parse_body(reply);
  if (!body) return body.error();
  if (!body->is_object()) return fail(codes::unreadable, "the reply is not a JSON object");
  if (!flag_member(*body, "success", true)) return fail(codes::unreadable, "the reply says that it did not succeed");
  return nothing{};
}

}  // namespace triggerd::api
