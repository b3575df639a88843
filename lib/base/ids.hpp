// Ids that sort by time.
#pragma once

#include "base/clock.hpp"
#include "base/random.hpp"

#include <string>

namespace triggerd {

// 26 characters of lower-case Crockford base 32: 48 bits of milliseconds since 1970, 80 random bits. Ids made by one
// maker strictly increase, also when the clock stands still or goes back.
class id_maker {
 public:
  id_maker(const clock& time, random_source& random) : clock_(time), random_(random) {}
  std::string make();

 private:
  const clock& clock_;
  random_source& random_;
  std::string last_;
};

}  // namespace triggerd
