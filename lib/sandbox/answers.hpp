// The replies that many endpoints share, in the server's own words.
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/message.hpp"

namespace triggerd::sandbox {

reply answer(int status, const json& body);
reply refuse(int status, std::string_view text);                            // {"error": text}
reply refuse_body(std::string_view complaint, std::string_view path = {});  // 400 Validation error: ... at "path"
reply query_error(json detail);       // 400 {"error":"Query Error","details":[...]}
reply invalid_body(json issue);       // 400 {"error":"Invalid request body","issues":[...]}
reply forbidden();                    // 403 of a missing scope
reply crashed();                      // 500 text of the older routes
reply page_not_found();               // 404 HTML
reply moved(std::string_view where);  // 301
reply nothing(int status);            // empty body
reply odd_method(int status);         // {"message":"Unexpected Server Error"}
reply no_credential();                // 401 problem
reply too_many_requests(std::int64_t limit, double seconds_left, std::int64_t reset_ms);  // 429 problem

void should_retry(reply& to, bool yes);

json required(std::string_view expected, const json* got, std::string_view path);  // zod's issue for a wrong type

}  // namespace triggerd::sandbox
