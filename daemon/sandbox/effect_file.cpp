#include "sandbox/effect_file.hpp"

#include <cerrno>
#include <cstring>

namespace triggerd::rehearsal {

result<effect_file> effect_file::create(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return fail(codes::io, "cannot write " + path + ": " + std::strerror(errno));
  return effect_file(file);
}

void effect_file::append(const sandbox::effect& one) {
  const std::string line = sandbox::to_json(one) + '\n';
  whole_ = std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() && whole_;
  dirty_ = true;
}

bool effect_file::flush() {
  if (dirty_) whole_ = std::fflush(file_.get()) == 0 && whole_;
  dirty_ = false;
  return whole_;
}

}  // namespace triggerd::rehearsal
