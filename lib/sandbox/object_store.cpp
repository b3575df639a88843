#include "sandbox/object_store.hpp"

#include "base/digest.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace triggerd::sandbox {

namespace {

constexpr auto url_lifetime = seconds(300);

// "20261124T023234Z"
std::string compact_date(instant at) {
  std::string out = text::iso(std::chrono::floor<seconds>(at));
  out.resize(out.find('.'));
  std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
  return out + 'Z';
}

std::optional<instant> read_compact_date(std::string_view date) {
  if (date.size() != 16) return std::nullopt;
  std::string iso(date);
  for (const std::size_t at : {4, 7}) iso.insert(at, 1, '-');
  for (const std::size_t at : {13, 16}) iso.insert(at, 1, ':');
  return text::parse_iso(iso);
}

}  // namespace

bool object_store::put(const std::string& path, stored_object what) {
  const auto old = objects_.find(path);
  const std::size_t before = old == objects_.end() ? 0 : old->second.bytes->size();
  const std::size_t after = bytes_ - before + what.bytes->size();
  if (after > limits::sandbox_objects) return false;
  bytes_ = after;
  objects_[path] = std::move(what);
  return true;
}

const stored_object* object_store::find(std::string_view path) const {
  const auto at = objects_.find(path);
  return at == objects_.end() ? nullptr : &at->second;
}

std::string object_store::sign(std::string_view method, std::string_view path, instant now) const {
  std::string out = "/object-store";
  for (const std::string_view part : text::split(path, '/')) out += '/' + text::percent_encode(part);
  const std::string date = compact_date(now);
  return out + "?X-Amz-Expires=" + std::to_string(url_lifetime.count()) + "&X-Amz-Date=" + date +
         "&X-Amz-Signature=" + signature(method, path, date);
}

object_store::verdict object_store::check(std::string_view method, std::string_view path, const target& from,
                                          instant now) const {
  const std::string_view date = from.value("X-Amz-Date").value_or("");
  const auto made = read_compact_date(date);
  if (!made || from.value("X-Amz-Signature") != std::string_view(signature(method, path, date))) return verdict::wrong;
  return now < *made + url_lifetime ? verdict::good : verdict::expired;
}

std::string object_store::signature(std::string_view method, std::string_view path, std::string_view date) const {
  std::string text(method);
  for (const std::string_view part : {path, date}) (text += '\n') += part;
  return hmac_sha256_hex(secret_, text);
}

}  // namespace triggerd::sandbox
