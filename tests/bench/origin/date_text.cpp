#include "bench/origin/date_text.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace origin {

std::string_view date_text() {
  static std::time_t made = 0;
  static char text[40];
  static std::size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made = now;
  }
  return {text, size};
}

std::string iso_text(std::int64_t unix_ms) {
  const std::time_t second = unix_ms / 1000;
  std::tm parts{};
  gmtime_r(&second, &parts);
  char text[40];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(unix_ms % 1000));
  return text;
}

std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace origin
