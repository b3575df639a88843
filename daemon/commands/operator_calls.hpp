// Calls to a target's server on an operator's behalf: through the target's own budget, like those of jobs.
#pragma once

#include "commands/refusals.hpp"
#include "target/access.hpp"

namespace triggerd::commands {

// The target that the parameter "target" names. Null: there is none, or it is paused, and that was answered.
task<std::shared_ptr<target::target>> find_target(instance& here, control::call& asked);

// Proved, unless it is for reading alone. Nullopt: it could not be opened, and that was answered.
enum class purpose { reading, writing };
task<std::optional<target::access>> open_target(instance& here, control::call& asked,
                                                std::shared_ptr<target::target> which, purpose what_for);

// A read, and what says itself that a repetition is harmless, is repeated as the target's retry policy says; all else is
// sent once. A peer that goes ends the waiting, never a request on the wire.
task<client::exchange> perform(instance& here, control::call& asked, target::access by, api::call what);

template <class T>
task<api::answer<T>> send(instance& here, control::call& asked, target::access by, api::operation<T> what) {
  api::call call = what.what;
  client::exchange done = co_await perform(here, asked, std::move(by), std::move(call));
  co_return client::client::finish(what, std::move(done));
}

// Failed, with the server's status, and whether it may have had its effect.
task<> refuse(instance& here, control::call& asked, api::failure why);

}  // namespace triggerd::commands
