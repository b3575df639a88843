// superjson, which the SDK writes: JSON beside notes on what JSON has no word for (contract API.md 11.3).
#pragma once

#include "sandbox/json_text.hpp"

namespace triggerd::sandbox {

// As the server shows it, plain JSON again: a date is its text, a field that was undefined is not there.
json flattened(const json& super);

}  // namespace triggerd::sandbox
