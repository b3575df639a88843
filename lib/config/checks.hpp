// Checks of single texts: each says what is wrong and how to mend it, or nothing. No file, no network, no other key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::config::checks {

using verdict = std::optional<std::string>;

verdict table_name(
    std::string_view text);  // of targets, jobs, credentials, limits, vars: A-Z a-z 0-9 _ - and 64 at most
verdict label_name(std::string_view text);
verdict label_value(std::string_view text);  // no comma and no control characters: selectors could not name it
verdict plain_text(std::string_view text);   // no control characters
verdict not_empty(std::string_view text);    // nor control characters
verdict project(std::string_view text);      // "proj_..."
verdict branch(std::string_view text);  // travels as a header, so Latin-1 without control characters or outer blanks
verdict base_url(std::string_view text);
verdict proxy(std::string_view text);
verdict loopback_listen(std::string_view text);  // "127.0.0.1:9464"
verdict header_name(std::string_view text);
verdict variable_name(std::string_view text);  // ^[A-Za-z_][A-Za-z0-9_]*$, and not one the server keeps for itself
verdict process_variable(std::string_view text);
verdict credential_name(std::string_view text);  // a file name inside $CREDENTIALS_DIRECTORY
verdict inside_state_dir(std::string_view text);
verdict pattern(std::string_view text);  // a regular expression
verdict one_character(std::string_view text);
verdict run_status(std::string_view text);
verdict tag(std::string_view text);
verdict idempotency_key(std::string_view text);
verdict debounce_key(std::string_view text);
verdict deployment_id(std::string_view text);
verdict concurrency_name(std::string_view text);
verdict selector_entry(std::string_view text);

}  // namespace triggerd::config::checks

namespace triggerd::config {

struct url_parts {
  bool plaintext = false;  // http://
  std::string host;
  bool loopback() const;
};
std::optional<url_parts> split_url(std::string_view text);

}  // namespace triggerd::config
