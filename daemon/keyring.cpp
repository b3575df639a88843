#include "keyring.hpp"

#include "base/limits.hpp"
#include "config/codes.hpp"
#include "config/secrets.hpp"
#include "source/process.hpp"

#include <algorithm>

namespace triggerd {

namespace {

// "secret-key" may be pinned on an additional key: both are keys of one environment.
bool fits(const std::optional<spec::credential_kind>& pinned, spec::credential_kind found) {
  return !pinned || *pinned == found ||
         (*pinned == spec::credential_kind::secret_key && found == spec::credential_kind::additional_key);
}

result<keyring::key> key_of(const spec::credential_spec& spec, secret value) {
  auto made = client::make_credential(std::move(value));
  if (!made) return made.error();
  if (!fits(spec.kind, (*made)->kind))
    return fail(config::codes::value, "the " + config::describe(spec.source) +
                                          " holds another kind of credential than the one that is pinned");
  return keyring::key(std::move(*made));
}

bool same_value(const keyring::key& a, const keyring::key& b) {
  if (!a || !b) return a == b;
  return a->kind == b->kind && a->value.expose() == b->value.expose();
}

}  // namespace

keyring::keyring(asio::any_io_executor loop, timers& timers, const clock& time, const config::environment& env,
                 operator_log& log)
    : loop_(loop), timers_(timers), clock_(time), env_(env), log_(log), children_(loop) {}

keyring::~keyring() = default;

// By the rule of the check, which may have read it before; programs are run here only.
task<result<secret>> keyring::read(spec::value_source from, cancellation& cancel) {
  result<secret> value = fail(config::codes::not_checkable, "the program was not run");
  if (from.from == spec::value_source::kind::exec) {
    auto printed = co_await print(from, cancel);
    value = std::move(printed);
  } else {
    value = env_.read_secret(from);
  }
  if (value) log_.learn(*value);
  co_return value;
}

task<result<secret>> keyring::print(spec::value_source from, cancellation& cancel) {
  source::process_spec program;
  program.argv = from.argv;
  program.timeout = from.timeout;
  program.most_output = limits::secret_file + 1;
  auto ended = co_await source::run_process(std::move(program), timers_, clock_, cancel);
  if (!ended) co_return ended.error();
  const config::program_runner printed = [&ended](const spec::value_source&) { return secret(std::move(ended->out)); };
  co_return config::resolve(from, env_, printed);
}

task<result<keyring::key>> keyring::read_key(spec::credential_spec spec, cancellation& cancel) {
  auto value = co_await read(spec.source, cancel);
  if (!value) co_return value.error();
  co_return key_of(spec, std::move(*value));
}

task<keyring::ring> keyring::prepare(std::vector<spec::credential_spec> credentials, config::secrets read,
                                     cancellation& cancel) {
  ring next;
  std::vector<held*> all;
  for (spec::credential_spec& one : credentials) {
    held& place = next.try_emplace(next.end(), one.name)->second;
    place.spec = std::move(one);
    const auto known = read.find(place.spec.name);
    if (known == read.end()) {
      all.push_back(&place);
      continue;
    }
    log_.learn(known->second);
    take(place, key_of(place.spec, std::move(known->second)));
  }
  std::size_t begun = 0;
  task_group readers(loop_);
  const std::size_t width = std::min(all.size(), limits::credential_programs);
  for (std::size_t i = 0; i < width; ++i) readers.spawn(read_some(all, begun, cancel));
  co_await readers.join();
  co_return next;
}

task<> keyring::read_some(std::vector<held*>& all, std::size_t& next, cancellation& cancel) {
  while (next < all.size()) {
    held& one = *all[next++];
    spec::credential_spec spec = one.spec;
    auto value = co_await read_key(std::move(spec), cancel);
    take(one, std::move(value));
  }
}

void keyring::take(held& into, result<key> value) const {
  if (value) {
    into.value = std::move(*value);
    return;
  }
  into.trouble = value.error();
  into.since = clock_.now();
  const auto before = ring_.find(into.spec.name);
  if (before == ring_.end() || !(before->second.spec.source == into.spec.source)) return;
  into.value = before->second.value;
  if (before->second.since) into.since = before->second.since;
}

void keyring::put_in_force(ring now) {
  for (const auto& [name, timer] : refreshes_) timers_.disarm(timer);
  refreshes_.clear();
  ring_ = std::move(now);
  for (const auto& [name, one] : ring_) {
    if (one.trouble)
      log_.error(
          "credential " + name + (one.value ? " keeps its old value: " : " has no value: ") + one.trouble->message,
          {{"credential", name}, {"code", one.trouble->code.name}});
    // Programs fail in ways that pass; a missing file or variable is mended by somebody, who then reloads.
    const bool passes = one.trouble && one.spec.source.from == spec::value_source::kind::exec;
    if (passes) schedule(name, limits::credential_retry);
    else if (one.spec.refresh) schedule(name, *one.spec.refresh);
  }
}

std::vector<std::string> keyring::renewed(const ring& next) const {
  std::vector<std::string> names;
  for (const auto& [name, one] : next) {
    const auto before = ring_.find(name);
    if (before != ring_.end() && !same_value(before->second.value, one.value)) names.push_back(name);
  }
  return names;
}

keyring::key_map keyring::values(const ring& of) {
  key_map out;
  for (const auto& [name, one] : of)
    if (one.value) out.emplace_hint(out.end(), name, one.value);
  return out;
}

void keyring::schedule(const std::string& name, milliseconds in) {
  ring_.at(name).again = clock_.now() + in;
  refreshes_[name] = timers_.arm(clock_.steady() + in, [this, name] {
    refreshes_.erase(name);
    if (!closing_.requested()) children_.spawn(refresh(name));
  });
}

task<> keyring::refresh(std::string name) {
  spec::credential_spec spec = ring_.at(name).spec;
  const spec::value_source source = spec.source;
  auto value = co_await read_key(std::move(spec), closing_);
  const auto found = ring_.find(name);
  const bool stale = found == ring_.end() || !(found->second.spec.source == source) || refreshes_.contains(name);
  if (closing_.requested() || stale) co_return;  // a reload came in between
  held& one = found->second;
  if (!value) {
    if (!one.trouble) one.since = clock_.now();
    one.trouble = value.error();
    log_.warning("credential " + name + " could not be refreshed" + (one.value ? ", its old value stays: " : ": ") +
                     value.error().message,
                 {{"credential", name}, {"code", value.error().code.name}});
    schedule(name,
             std::min<milliseconds>(limits::credential_retry, one.spec.refresh.value_or(limits::credential_retry)));
    co_return;
  }
  one.trouble.reset();
  one.since.reset();
  one.again.reset();
  const bool changed = !same_value(one.value, *value);
  if (changed) one.value = std::move(*value);
  if (one.spec.refresh) schedule(name, *one.spec.refresh);
  if (!changed) co_return;
  log_.notice("credential " + name + " has a new value", {{"credential", name}});
  key_map renewed;
  renewed[name] = one.value;
  if (on_renewal_) on_renewal_(renewed);
}

task<> keyring::close() {
  closing_.request();
  for (const auto& [name, timer] : refreshes_) timers_.disarm(timer);
  refreshes_.clear();
  co_await children_.join();
}

}  // namespace triggerd
