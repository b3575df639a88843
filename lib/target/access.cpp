#include "target/access.hpp"

#include "api/codes.hpp"
#include "target/target.hpp"

#include <array>

namespace triggerd::target {

access::access(std::shared_ptr<target> of, client::client reads, client::client writes, std::string lane,
               std::string identity, cancellation& cancel)
    : target_(std::move(of)),
      reads_(std::move(reads)),
      writes_(std::move(writes)),
      lane_(std::move(lane)),
      identity_(std::move(identity)),
      cancel_(&cancel),
      usage_(std::make_shared<usage>()) {}

const spec::target_spec& access::spec() const { return target_->spec(); }

task<client::exchange> access::perform(api::call what, std::uint64_t batch_items) {
  const access self = *this;  // the caller's may go while we wait
  const client::client& by = what.mutates() ? self.writes_ : self.reads_;
  co_return co_await self.target_->perform(by, std::move(what), batch_items, self.lane_, *self.usage_, *self.cancel_);
}

result<secret> access::sign(const api::token_wish& wish, const api::token_subject& subject, instant now) const {
  if (reads_with() != spec::credential_kind::secret_key)
    return fail(api::codes::wrong_credential,
                "Target " + spec().name + " has no root key, and only that signs tokens.");
  return api::sign_token(wish, subject, reads_.config().key->value.expose(), now);
}

std::string_view name(target_state s) {
  constexpr std::array<std::string_view, 5> names{"ok", "unproved", "parked", "paused", "disabled"};
  return names[static_cast<std::size_t>(s)];
}

}  // namespace triggerd::target
