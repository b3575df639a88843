// What can be wrong with the files an operator writes.
#pragma once

#include "base/error.hpp"

namespace triggerd::config::codes {

inline constexpr error_code file{"config.file", "A file or folder that the configuration names cannot be read."};
inline constexpr error_code syntax{"config.syntax", "A file is not TOML, or a stored job is not JSON."};
inline constexpr error_code version{"config.version",
                                    "A file does not say which version of the format it uses, or a newer one."};
inline constexpr error_code unknown_key{"config.unknown-key", "A key is not part of the format."};
inline constexpr error_code not_supported{"config.not-supported-yet",
                                          "A key belongs to the format, but this version cannot obey it."};
inline constexpr error_code wrong_type{"config.wrong-type", "A value has another type than its key takes."};
inline constexpr error_code unit{"config.unit", "A duration, rate, size or share is not written with its unit."};
inline constexpr error_code value{"config.value", "A value is outside what its key allows."};
inline constexpr error_code missing{"config.missing", "A key that must be there is not."};
inline constexpr error_code conflict{"config.conflict", "Two keys exclude each other, or neither of them is there."};
inline constexpr error_code duplicate{"config.duplicate", "Two tables of all files have the same name."};
inline constexpr error_code key_in_file{"config.key-in-file",
                                        "A literal that looks like a credential stands in a file."};
inline constexpr error_code placeholder{"config.placeholder",
                                        "A placeholder names nothing, or stands where none is replaced."};
inline constexpr error_code unknown_name{"config.unknown-name", "A name refers to a table that no file has."};
inline constexpr error_code selector{"config.selector", "A selector of targets cannot be read."};
inline constexpr error_code no_target{"config.no-target", "The selector of a job matches no target."};
inline constexpr error_code schedule{"config.schedule", "A schedule cannot be computed."};
inline constexpr error_code branch{"config.branch", "A branch is missing, or stands where it has no effect."};
inline constexpr error_code plaintext{"config.plaintext",
                                      "A credential would travel over plain HTTP to another machine."};
inline constexpr error_code not_allowed{"config.not-allowed",
                                        "A credential is of a kind that the API refuses for what a job does."};
inline constexpr error_code wrong_environment{"config.wrong-environment",
                                              "A key belongs to another environment than its target."};
inline constexpr error_code owner{"config.owner", "A job would delete the variables that another one writes."};
inline constexpr error_code inline_source{
    "config.inline-source",
    "A target holds its credential source itself; a [credential] table can be shared and pinned."};
inline constexpr error_code not_checkable{"config.not-checkable-here",
                                          "A reference can be resolved in the running service only."};
inline constexpr error_code secret_missing{"config.secret-missing", "A reference to a secret leads nowhere."};
inline constexpr error_code secret_unsafe{
    "config.secret-unsafe", "The file of a secret can be read by others, or is not an ordinary file of ours."};
inline constexpr error_code secret_form{"config.secret-form",
                                        "A secret is empty, too large, holds control characters or is no credential."};

}  // namespace triggerd::config::codes
