// Recorded calls of the official SDK beside those of our client: conformance [DIRECTORY]. Without a directory the
// repository's recordings, and then every listed difference has to be met. Exit codes: 0 all passed or
// skipped with a reason, 1 something failed, 64 no recordings there.
#include "conformance/exceptions.hpp"
#include "conformance/replay.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

using namespace triggerd::conformance;
using nlohmann::json;

namespace {

constexpr const char* own = TRIGGERD_SOURCE_DIR "/tests/conformance/data/recordings";
constexpr int exit_failed = 1;
constexpr int exit_usage = 64;

std::vector<std::filesystem::path> recordings_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(folder, trouble))
    if (entry.path().extension() == ".json") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

// A file that is no recording fails by its name, and the others go on.
judgement judged(const std::filesystem::path& path, tally& met) {
  judgement out;
  try {
    std::ifstream file(path);
    out = judge(json::parse(file), met);
  } catch (const json::exception& trouble) {
    out.unmapped = std::string("not in the form of a recording: ") + trouble.what();
  }
  if (out.name.empty()) out.name = path.stem().string();
  return out;
}

struct counts {
  std::size_t passed = 0, failed = 0, skipped = 0;
};

void tell(const judgement& one, counts& so_far) {
  if (!one.skipped.empty()) {
    ++so_far.skipped;
    std::cout << "skipped " << one.name << ": " << one.skipped << '\n';
    return;
  }
  ++(one.passed() ? so_far.passed : so_far.failed);
  if (one.passed()) return;
  std::cout << "FAILED  " << one.name << '\n';
  if (!one.unmapped.empty()) std::cout << "        cannot be mapped: " << one.unmapped << '\n';
  for (const auto& complaint : one.complaints) std::cout << "        " << complaint << '\n';
}

// No difference may be listed that is not met.
std::size_t idle_differences(const tally& met) {
  std::size_t idle = 0;
  for (const auto& one : differences()) {
    if (met.contains(one.name)) continue;
    ++idle;
    std::cout << "FAILED  the difference \"" << one.name << "\" is not met\n";
  }
  return idle;
}

}  // namespace

int main(int count, char** words) {
  const bool is_own = count < 2;
  const auto paths = recordings_in(is_own ? own : words[1]);
  if (count > 2 || paths.empty()) {
    std::cerr << "conformance [DIRECTORY]: a directory with recordings as contract/README.md describes them\n";
    return exit_usage;
  }
  tally met;
  counts so_far;
  std::size_t requests = 0;
  for (const auto& path : paths) {
    const judgement one = judged(path, met);
    requests += one.requests;
    tell(one, so_far);
  }
  for (const auto& one : differences())
    if (const auto found = met.find(one.name); found != met.end())
      std::cout << "differs on purpose, " << found->second << " times: " << one.name << ": " << one.reason << '\n';
  if (is_own) so_far.failed += idle_differences(met);
  std::cout << requests << " requests compared\n"
            << so_far.passed << " passed, " << so_far.failed << " failed, " << so_far.skipped << " skipped\n";
  return so_far.failed == 0 ? 0 : exit_failed;
}
