// The streams of runs: what a run writes under a key, and what is sent to it (contract API.md 15.2).
#pragma once

#include "sandbox/channel.hpp"

#include <map>

namespace triggerd::sandbox {

struct run_stream {
  channel records;
  stream_version version = stream_version::v1;
};

class stream_store {
 public:
  // Made when it is named first; nullptr when the run has as many as it may.
  run_stream* open(std::uint64_t run, const std::string& key) {
    auto& own = streams_[run];
    if (!own.contains(key) && own.size() >= limits::sandbox_channels) return nullptr;
    return &own[key];
  }

  std::vector<std::string> keys(std::uint64_t run) const {
    std::vector<std::string> out;
    if (const auto own = streams_.find(run); own != streams_.end())
      for (const auto& [key, stream] : own->second) out.push_back(key);
    return out;
  }

 private:
  std::map<std::uint64_t, std::map<std::string, run_stream>> streams_;
};

}  // namespace triggerd::sandbox
