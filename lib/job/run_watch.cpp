#include "job/run_watch.hpp"

namespace triggerd::job {

milliseconds look_interval(milliseconds age) {
  return std::clamp<milliseconds>(age / 8, limits::watch_soonest, limits::watch_latest);
}

std::vector<const store::action_row*> stretch_of(std::span<const store::action_row> all, std::size_t most,
                                                 random_source& random) {
  std::vector<const store::action_row*> picked;
  const std::size_t count = std::min(all.size(), most);
  const std::size_t first = all.size() > most ? random.below(all.size()) : 0;
  picked.reserve(count);
  for (std::size_t i = 0; i < count; ++i) picked.push_back(&all[(first + i) % all.size()]);
  return picked;
}

void hurry(observed& seen, std::size_t waiting, std::size_t most) {
  if (waiting > most) seen.look_again = std::min<milliseconds>(seen.look_again, limits::watch_soonest);
}

failed_look judge_look(const api::failure& why, milliseconds age) {
  if (why.what.code == triggerd::codes::cancelled) return failed_look::cancelled;
  // A 404 may be lag, and says so; not for ever.
  if (why.status == 404) return age > limits::lookup_after ? failed_look::gone : failed_look::passing;
  const bool lasting = why.kind == api::failure_kind::refused || why.kind == api::failure_kind::credential;
  return lasting ? failed_look::forbidden : failed_look::passing;
}

}  // namespace triggerd::job
