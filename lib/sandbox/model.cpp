#include "sandbox/model.hpp"

#include "sandbox/dice.hpp"
#include "sandbox/routes.hpp"

namespace triggerd::sandbox {

namespace {

constexpr std::size_t free_attempts = 10;  // of a batch's items

bool is_items_path(const target& where) {
  return where.segments.size() == 5 && where.segments[1] == "v3" && where.segments[2] == "batches" &&
         where.segments[4] == "items";
}

// The items of a fresh batch are free of the API limiter. Not so those of a branch: the server looks the batch up under
// the parent environment.
bool is_free(state& in, std::string_view token, const target& where) {
  if (!is_items_path(where)) return false;
  batch* one = in.batches.find(where.segments[3], in.seed);
  const live_environment* home = in.keys.owner(token);
  return one != nullptr && one->where == home && ++one->attempts <= free_attempts;
}

reply wrong(const route& at) {
  switch (at.otherwise) {
    case wrong_method::page405: return odd_method(405);
    case wrong_method::page400: return odd_method(400);
    case wrong_method::empty405: return nothing(405);
    case wrong_method::crash: return crashed();
  }
  return nothing(405);
}

reply unauthorized(const route& to, denial why) {
  if (to.who == access::key || to.who == access::variables) {
    if (why == denial::branch_required) return refuse(401, "x-trigger-branch header required for preview env");
    if (why == denial::no_branch) return refuse(401, "No matching branch env");
    if (why == denial::bad_token && to.public_token) return refuse(401, "Public Access Token is invalid");
  }
  return refuse(401, to.denied);
}

caller as_user(const access_token& user) {
  caller out;
  out.kind = caller_kind::user;
  out.user = &user;
  return out;
}

std::variant<caller, reply> admit(state& in, const route& to, const request& asked) {
  if (to.who == access::anyone) return caller();
  const std::string_view token = credentials::token_of(asked);
  const bool takes_persons =
      to.who == access::user || to.who == access::person || to.who == access::owner || to.who == access::variables;
  const bool fits = to.who != access::person || !credentials::is_organization(token);
  if (takes_persons && fits)
    if (const access_token* user = in.keys.user(token)) return as_user(*user);
  if (to.who == access::user || to.who == access::person) return refuse(401, to.denied);
  if (to.who == access::owner) {
    caller out;
    out.where = in.keys.root_owner(token);
    if (out.where == nullptr) return refuse(401, to.denied);
    return out;
  }
  auto found = in.keys.find(asked, in.now);
  if (const auto* why = std::get_if<denial>(&found)) return unauthorized(to, *why);
  caller& who = std::get<caller>(found);
  const bool right_kind = (who.kind != caller_kind::public_token || to.public_token) &&
                          (who.kind == caller_kind::root_key || to.who != access::root_key) &&
                          (who.full || to.who != access::full_key);
  if (!right_kind) return refuse(401, to.denied);
  return std::move(who);
}

reply route_request(state& in, const request& asked, const target& where, const found_route& found) {
  if (where.path.size() > 1 && where.path.ends_with('/')) return moved(where.path.substr(0, where.path.size() - 1));
  if (found.at_path == nullptr) return page_not_found();
  if (found.to == nullptr) return wrong(*found.at_path);
  auto who = admit(in, *found.to, asked);
  if (auto* refusal = std::get_if<reply>(&who)) return std::move(*refusal);
  const call from{asked, where, std::move(std::get<caller>(who)), found.arguments};
  return found.to->run(in, from);
}

allowance measure(state& in, std::string_view token, const target& where, const found_route& found) {
  const meter counts = found.at_path != nullptr ? found.at_path->counts : meter::api;
  if (counts == meter::none || is_free(in, token, where)) return {};
  if (credentials::is_public_token(token)) return in.meters.token_request(std::string(token), in.now);
  return in.meters.request(counts, in.keys.subject(token), in.now);
}

void prepend_limits(const allowance& left, reply& to) {
  if (left.limit == 0) return;
  const header_list limits = {{"x-ratelimit-limit", std::to_string(left.limit)},
                              {"x-ratelimit-remaining", std::to_string(left.remaining)},
                              {"x-ratelimit-reset", std::to_string(left.reset.time_since_epoch().count())}};
  to.headers.insert(to.headers.begin(), limits.begin(), limits.end());
}

reply process(state& in, const request& asked) {
  const target where = read_target(asked.target);
  if (asked.method == "OPTIONS") return answer(200, json::object());
  if (where.path == "/healthcheck") return {200, {{"content-type", "text/plain;charset=UTF-8"}}, "OK"};
  const bool limited = where.path.starts_with("/api/");  // the limiter is who misses a credential first
  if (!limited && !where.path.starts_with("/realtime/") && !where.path.starts_with("/object-store/"))
    return page_not_found();
  const found_route found = find_route(asked.method, where);
  const bool open = found.to != nullptr && found.to->who == access::anyone;
  if (limited && !open && !first_header(asked.headers, "authorization")) return no_credential();

  const std::string_view token = credentials::token_of(asked);
  const allowance left = measure(in, token, where, found);
  reply out;
  if (left.allowed) {
    out = route_request(in, asked, where, found);
    if (found.to != nullptr && found.to->exposes)
      out.headers.emplace_back("access-control-expose-headers", "x-trigger-jwt,x-trigger-jwt-claims");
  } else {
    const auto wait = std::chrono::duration<double>(left.reset - in.now).count();
    out = too_many_requests(left.limit, wait, left.reset.time_since_epoch().count());
  }
  prepend_limits(left, out);
  if (asked.method == "HEAD") out.body.clear();
  return out;
}

}  // namespace

model::model(world of, std::uint64_t seed, instant start)
    : state_(std::make_unique<state>(std::move(of), seed, start)) {}
model::~model() = default;

reply model::handle(const request& asked, instant now) {
  state_->advance(now);
  if (!asked.until) ++state_->requests;
  return process(*state_, asked);
}

void model::advance(instant now) { state_->advance(now); }
std::optional<instant> model::next_change() const { return state_->plans.next(); }
instant model::now() const { return state_->now; }
effect_log& model::effects() { return state_->effects; }
const effect_log& model::effects() const { return state_->effects; }
std::uint64_t model::requests() const { return state_->requests; }

std::string model::environment_of(const request& asked) const {
  const std::string_view token = credentials::token_of(asked);
  auto found = state_->keys.find(asked, state_->now);
  if (const auto* who = std::get_if<caller>(&found)) return who->where->where->path;
  if (const live_environment* home = state_->keys.owner(token)) return home->where->path;
  if (state_->keys.user(token) == nullptr) return {};
  // A user's token: the path says where.
  const target where = read_target(asked.target);
  if (where.segments.size() < 4 || where.segments[2] != "projects") return {};
  live_project* project = state_->homes.project(where.segments[3]);
  if (project == nullptr) return {};
  const std::string slug = where.segments.size() > 5 ? where.segments[5] : where.segments.back();
  const live_environment* home = state_->homes.environment(*project, slug);
  const std::string branch = credentials::branch_of(asked);
  if (home == nullptr) return project->spec->ref;
  return branch.empty() ? home->where->path : home->where->path + '/' + branch;
}

std::map<std::string, std::map<std::string, std::size_t>> model::run_counts() const {
  std::map<std::string, std::map<std::string, std::size_t>> out;
  for (const live_environment& home : state_->homes.all())
    for (const std::uint64_t number : home.runs.all)
      ++out[home.where->path][std::string(name_of(state_->runs.at(number).status))];
  return out;
}

}  // namespace triggerd::sandbox
