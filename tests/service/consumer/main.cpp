// Reads a key the way the library does, and fails when it reads it wrongly.
#include <client/client.hpp>

#include <cstdio>

int main() {
  const auto staging = triggerd::client::make_credential(triggerd::secret("tr_stg_abcdefghijkl"));
  const auto nonsense = triggerd::client::make_credential(triggerd::secret("not a key"));
  const bool right = staging && (*staging)->env == triggerd::spec::environment::staging && !nonsense;
  std::puts(right ? "right" : "wrong");
  return right ? 0 : 1;
}
