// Which meters a request draws from. The server keeps one bucket per limiter and subject; targets that end in the same
// environment share it. Before the proof a subject is the credential's own; then it merges into the environment's. Pure.
#pragma once

#include "spec/endpoint.hpp"
#include "spec/target_spec.hpp"
#include "target/meter.hpp"

#include <array>
#include <map>
#include <memory>
#include <string>

namespace triggerd::target {

class subject : public std::enable_shared_from_this<subject> {
 public:
  subject(std::uint64_t number, random_source& random);

  std::uint64_t number() const { return number_; }  // orders subjects by age
  meter& of(spec::rate_limiter which);              // never of `none`; made at its first use
  const meter* used(spec::rate_limiter which) const;
  std::shared_ptr<subject> settled();  // itself, or what it was merged into

 private:
  friend class buckets;
  friend class share;
  ceiling ceiling_of(std::size_t place) const;  // the smallest of its members
  void fit(steady_time now);

  std::uint64_t number_;
  random_source& random_;
  std::array<std::unique_ptr<meter>, 3> meters_;
  std::map<std::uint64_t, spec::limit_spec> members_;
  std::shared_ptr<subject> became_;  // merged into it; this one is only a name for it now
};

// One credential of one target as a member of its subject, and its limit with it.
class share {
 public:
  ~share();
  share(const share&) = delete;
  share& operator=(const share&) = delete;

  std::shared_ptr<subject> payer() const { return of_->settled(); }  // whom it draws from now

 private:
  friend class buckets;
  share(std::shared_ptr<subject> of, std::uint64_t id, const clock& time);

  std::shared_ptr<subject> of_;
  std::uint64_t id_;
  const clock* clock_;
};

class buckets {
 public:
  buckets(random_source& random, const clock& time) : random_(random), clock_(time) {}

  // Keys: provisional_key() or environment_key().
  std::unique_ptr<share> join(const std::string& key, const spec::limit_spec& limit);

  // The member's subject turned out to be the one of `key`. When both had a life of their own, they are merged:
  // `gone` is no more and its requests wait on `stays`.
  struct merger {
    std::uint64_t gone = 0, stays = 0;
  };
  std::optional<merger> prove(const share& member, const std::string& key);

 private:
  std::shared_ptr<subject> find(const std::string& key) const;
  void sweep();  // of subjects that nobody holds

  random_source& random_;
  const clock& clock_;
  std::map<std::string, std::weak_ptr<subject>> by_key_;
  std::size_t swept_to_ = 32;
  std::uint64_t last_subject_ = 0, last_member_ = 0;
};

std::string provisional_key(const std::string& base_url, std::string_view token_digest);
std::string environment_key(const std::string& base_url, std::string_view environment);

}  // namespace triggerd::target
