#include "target/access.hpp"

#include "api/codes.hpp"
#include "target/target.hpp"

#include <array>

namespace triggerd::target {

const spec::target_spec& access::spec() const { return of_->at->spec(); }

task<client::exchange> access::perform(api::call what, std::uint64_t batch_items) {
  return of_->at->perform(*this, std::move(what), batch_items);
}

result<secret> access::sign(const api::token_wish& wish, const api::token_subject& subject, instant now) const {
  if (reads_with() != spec::credential_kind::secret_key)
    return fail(api::codes::wrong_credential,
                "Target " + spec().name + " has no root key, and only that signs tokens.");
  return api::sign_token(wish, subject, of_->reads.config().key->value.expose(), now);
}

std::string_view name(target_state s) {
  constexpr std::array<std::string_view, 5> names{"ok", "unproved", "parked", "paused", "disabled"};
  return names[static_cast<std::size_t>(s)];
}

}  // namespace triggerd::target
