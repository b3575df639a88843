#include "job/variable_ownership.hpp"

#include "base/digest.hpp"
#include "base/secret.hpp"

#include <nlohmann/json.hpp>

namespace triggerd::job {

owned_variable owned_variable::read(const store::memory_row& row) {
  owned_variable out;
  out.owner = row.owner;
  const auto written = nlohmann::json::parse(row.value, nullptr, false);
  if (!written.is_object()) {
    out.claim = true;  // whatever stood there, nothing can be concluded from it
    return out;
  }
  const auto flag = [&](const char* name) {
    const auto found = written.find(name);
    return found != written.end() && found->is_boolean() && found->get<bool>();
  };
  if (const auto digest = written.find("digest"); digest != written.end() && digest->is_string())
    out.digest = digest->get<std::string>();
  out.secret = flag("secret");
  out.claim = flag("claim");
  out.proven = flag("proven");
  out.adopted = flag("adopted");
  if (const auto at = written.find("at"); at != written.end() && at->is_number_integer())
    out.at = instant(milliseconds(at->get<std::int64_t>()));
  return out;
}

std::string variable_home::digest(std::string_view name, std::string_view value) const {
  std::string bytes;
  bytes.reserve(identity_.size() + name.size() + value.size() + 2);
  bytes.append(identity_).append(1, '\0').append(name).append(1, '\0').append(value);
  std::string out = hmac_sha256_hex(key_, bytes);
  wipe(bytes);
  return out;
}

store::memory_row variable_home::row(std::string name, const owned_variable& what) const {
  nlohmann::json value = {{"digest", what.digest}, {"secret", what.secret}};
  if (what.claim) value["claim"] = true;
  if (what.proven) value["proven"] = true;
  if (what.adopted) value["adopted"] = true;
  if (what.at) value["at"] = what.at->time_since_epoch().count();
  store::memory_row row;
  row.space = space();
  row.name = std::move(name);
  row.value = value.dump();
  row.owner = what.owner;
  return row;
}

}  // namespace triggerd::job
