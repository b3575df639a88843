// Randomness by interface: the machine's in the daemon, a seed's in tests and the simulation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace triggerd {

class random_source {
 public:
  virtual ~random_source() = default;
  virtual std::uint64_t next() = 0;

  std::uint64_t below(std::uint64_t bound);  // uniform in [0, bound); 0 for bound 0
  double unit();                             // uniform in [0, 1)
  std::string uuid_v4();                     // "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx"
};

class seeded_random final : public random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override { return engine_(); }

 private:
  std::mt19937_64 engine_;
};

// OpenSSL's generator, for keys, ids and jitter alike. Drawn some words at a time: each draw costs as much as many.
class machine_random final : public random_source {
 public:
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 32> drawn_{};
  std::size_t left_ = 0;
};

}  // namespace triggerd
