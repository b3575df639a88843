#include "job/kind.hpp"

#include "base/digest.hpp"
#include "base/limits.hpp"

namespace triggerd::job {

namespace {

effect_state state_of(api::failure_kind kind) {
  using api::failure_kind;
  switch (kind) {
    case failure_kind::not_sent:
    case failure_kind::throttled:
    case failure_kind::transient: return effect_state::again;
    case failure_kind::ambiguous: return effect_state::doubtful;
    case failure_kind::credential:
    case failure_kind::refused: break;
  }
  return effect_state::failed;
}

}  // namespace

effect effect_of(const api::failure& why) {
  effect out;
  out.state = state_of(why.kind);
  out.why = why;
  if (out.state != effect_state::failed) return out;
  out.code = std::string(why.what.code.name);
  out.note = why.what.describe();
  out.drop_body = true;
  return out;
}

std::string action_tag(const store::action_row& action) {
  return tag_of_leg(action.fire, action.target) + std::to_string(action.number);
}

std::string tag_of_leg(std::string_view fire, std::string_view target) {
  // The target's name can be long and hold any character; eight digits of its hash keep legs of one fire apart.
  return std::string("td:").append(fire).append(1, ':').append(sha256_hex(target), 0, 8).append(1, ':');
}

}  // namespace triggerd::job
