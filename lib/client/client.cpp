#include "client/client.hpp"

#include "api/codes.hpp"
#include "client/request.hpp"

namespace triggerd::client {

namespace {

std::shared_ptr<const settings> normal(settings of) {
  if (of.base_url.ends_with('/')) of.base_url.pop_back();
  return std::make_shared<const settings>(std::move(of));
}

task<exchange> refused(error why) {
  exchange done;
  done.seen.failure = why;
  done.failed = api::refused_here(std::move(why));
  co_return done;
}

exchange judged(const api::call& what, transport::outcome seen, instant now) {
  exchange done;
  done.failed = api::classify(what, seen, now);
  done.seen = std::move(seen);
  return done;
}

task<exchange> carry(std::shared_ptr<transport::transport> over, const clock& time, api::call what,
                     transport::request request) {
  transport::outcome seen = co_await over->perform(std::move(request));
  co_return judged(what, std::move(seen), time.now());
}

}  // namespace

result<std::shared_ptr<const credential>> make_credential(secret value) {
  const auto form = spec::classify_credential(value.expose());
  if (!form)
    return fail(api::codes::wrong_credential,
                "the value is no credential of Trigger.dev; keys begin with tr_dev_, tr_stg_, tr_prod_ or tr_preview_, "
                "personal access tokens with tr_pat_");
  auto made = std::make_shared<credential>();
  made->kind = form->kind;
  made->env = form->env;
  made->value = std::move(value);
  if (made->kind == spec::credential_kind::public_token)
    if (auto told = api::decode_token(made->value.expose())) made->token = std::move(*told);
  return std::shared_ptr<const credential>(std::move(made));
}

client::client(std::shared_ptr<transport::transport> wire, const clock& time, random_source& random, settings of)
    : wire_(std::move(wire)), clock_(&time), random_(&random), settings_(normal(std::move(of))) {}

client client::with(const overrides& changes) const {
  settings changed = *settings_;
  if (changes.key) changed.key = changes.key;
  if (changes.base_url) changed.base_url = *changes.base_url;
  if (changes.branch) changed.branch = *changes.branch;
  if (changes.headers) changed.headers = *changes.headers;
  changed.retry = changed.retry.with(changes.retry);
  if (changes.around) changed.around = changes.around;
  client derived = *this;
  derived.settings_ = normal(std::move(changed));
  return derived;
}

task<exchange> client::perform(api::call what, watching by) const {
  auto made = make_request(*settings_, what, *random_, clock_->now());
  if (!made) return refused(made.error());
  made->stop = by.stop;
  made->sink = by.sink;
  return carry(wire_, *clock_, std::move(what), std::move(*made));
}

}  // namespace triggerd::client
