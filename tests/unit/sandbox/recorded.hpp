// The recorded session of a real server: every exchange in its order, and the world it found.
#pragma once

#include "sandbox/json_text.hpp"
#include "sandbox/model.hpp"

namespace triggerd::sandbox::test {

struct exchange {
  std::string id;    // "049"
  std::string name;  // "trigger-all-options"
  instant at{};
  request asked;
  int status = 0;
  json body;         // discarded when the reply was no JSON
  bool seen = true;  // the recording has the reply's body as text, and all of it
};

// In the order in which they happened.
std::vector<exchange> recorded_exchanges();
world recorded_world();

// A request that the session made and the recording lacks: what it made is known by the id that later requests name.
struct gap {
  std::string_view before;  // the exchange that follows it
  std::string_view method, path, key, body;
  std::string_view names{};     // the recorded id of what the reply calls by `at`
  std::string_view at = "/id";  // JSON pointer
  std::string_view branch{};
  milliseconds earlier{50};
  int times = 1;
};
const std::vector<gap>& gaps();

// Where `ours` differs from `theirs` in keys and JSON types. Elements of arrays are found by their id; without any in both,
// each must look like some element of the other. Neither array may be empty alone. A run in another status is compared without the keys that come with a status: runs
// move by themselves, and not at the recorded pace.
std::vector<std::string> differences(const json& ours, const json& theirs, const std::string& path = "$");

}  // namespace triggerd::sandbox::test
