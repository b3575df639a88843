// Plays seeds, each twice: equal traces, and invariants that hold.
//
//   sim --seeds 100 --from 1          a line per broken seed, then the counts
//   sim --seeds 1 --from 42 --trace   what happened, line by line
#include "sim/simulation.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <iostream>
#include <vector>

namespace {

struct arguments {
  std::uint64_t seeds = 100, from = 1;
  bool trace = false;
};

bool number(const char* text, std::uint64_t& into) {
  const auto end = text + std::strlen(text);
  const auto [stop, failed] = std::from_chars(text, end, into);
  return failed == std::errc() && stop == end;
}

bool parse(int count, char** words, arguments& into) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--trace") into.trace = true;
    else if (word == "--seeds" && i + 1 < count && number(words[i + 1], into.seeds)) ++i;
    else if (word == "--from" && i + 1 < count && number(words[i + 1], into.from)) ++i;
    else return false;
  }
  return true;
}

// The first line in which two traces differ.
std::string difference(const std::string& one, const std::string& other) {
  const auto at = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first;
  const auto offset = static_cast<std::size_t>(at - one.begin());
  const auto begin = one.rfind('\n', offset == 0 ? 0 : offset - 1);
  const auto start = begin == std::string::npos ? 0 : begin + 1;
  return one.substr(start, one.find('\n', start) - start) + "\n  against " +
         other.substr(start, other.find('\n', start) - start);
}

}  // namespace

int main(int count, char** words) {
  arguments said;
  if (!parse(count, words, said)) {
    std::cerr << "usage: sim [--seeds N] [--from S] [--trace]\n";
    return 64;
  }
  std::uint64_t passed = 0, failed = 0, crashes = 0, fires = 0, requests = 0, unknown = 0, repeated = 0, told = 0;
  std::vector<double> pair_ms;
  for (std::uint64_t seed = said.from; seed < said.from + said.seeds; ++seed) {
    const std::clock_t begin = std::clock();  // other programs cost nothing
    auto first = triggerd::sim::play(seed);
    const auto second = triggerd::sim::play(seed);
    pair_ms.push_back(1'000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
    if (said.trace) std::cout << first.trace;
    if (first.trace != second.trace)
      first.broken.push_back("two runs of one seed differ: " + difference(first.trace, second.trace));
    for (const auto& one : first.broken) std::cout << "seed " << seed << ": " << one << '\n';
    if (!first.broken.empty()) std::cout << "  replay: ./dev sim --seeds 1 --from " << seed << " --trace\n";
    (first.broken.empty() ? passed : failed) += 1;
    crashes += first.crashes;
    fires += first.fires;
    requests += first.requests;
    unknown += first.unknown;
    repeated += first.repeated;
    told += first.repeated_told;
  }
  std::sort(pair_ms.begin(), pair_ms.end());
  std::cout << fires << " fires, " << requests << " requests, " << crashes << " crashes, " << unknown
            << " actions left unknown, " << told << " of " << repeated
            << " repetitions after a failure told; a pair takes " << (pair_ms.empty() ? 0 : pair_ms[pair_ms.size() / 2])
            << " ms of processor time at the median\n";
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}
