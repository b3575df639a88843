// Feeds a reader with everything a server, a proxy or a wrong base URL may answer instead of its good reply.
#pragma once

#include "api/codes.hpp"
#include "unit/api/calls.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace triggerd::api::test {

enum class form { text, maybe_empty_text, count, flag, list, object };

struct good_reply {
  std::string body;
  std::map<std::string, form> needs;  // JSON pointers of what cannot be missing or of another type
};

inline std::vector<json> wrong_for(form wanted) {
  std::vector<json> wrong{nullptr};
  if (wanted != form::text && wanted != form::maybe_empty_text) wrong.push_back("x");
  if (wanted != form::count && wanted != form::flag) wrong.push_back(5);
  if (wanted != form::flag) wrong.push_back(true);
  if (wanted != form::list) wrong.push_back(json::array());
  if (wanted != form::object) wrong.push_back(json::object());
  if (wanted == form::text) wrong.push_back("");
  if (wanted == form::count) wrong.insert(wrong.end(), {json(-1), json(1.5), json(1e300), json("1x"), json("")});
  if (wanted == form::flag) wrong.insert(wrong.end(), {json("true"), json(1), json(0)});
  return wrong;
}

// Every place in a document, the root left out.
inline void places_of(const json& of, const std::string& at, std::vector<std::string>& out) {
  if (!of.is_structured()) return;
  for (const auto& one : of.items()) {
    const std::string place = at + '/' + one.key();
    out.push_back(place);
    places_of(one.value(), place, out);
  }
}

template <class T>
bool reads(const operation<T>& what, const std::string& body, int status = 200) {
  const result<T> read = what.read(response(status, body));
  if (!read) {
    CHECK(read.error().code == codes::unreadable);
    CHECK_FALSE(read.error().message.empty());
    CHECK(read.error().message.size() < 200);  // never the body
  }
  return read.has_value();
}

template <class T>
void hold_reader(const operation<T>& what, const good_reply& good) {
  CAPTURE(what.what.endpoint->id);
  REQUIRE(reads(what, good.body));

  // No JSON at all, and JSON cut at every byte.
  for (const auto* garbage : {"", " ", "\n", "{", "nul", "<!DOCTYPE html><html></html>", "<html>", "OK", "{\"id\":}",
                              "{\"id\":\"\xff\"}", "\xef\xbb\xbf", "\x1f\x8b\x08", "{}{}", "{} trailing"})
    CHECK_FALSE(reads(what, garbage));
  for (std::size_t cut = 0; cut < good.body.size(); ++cut) CHECK_FALSE(reads(what, good.body.substr(0, cut)));

  // JSON of another shape.
  for (const auto* other : {"null", "true", "0", "\"text\"", "[[]]", "[null]", "[1]"}) CHECK_FALSE(reads(what, other));

  // What is needed, missing or of another type.
  const json whole = json::parse(good.body);
  for (const auto& [pointer, wanted] : good.needs) {
    const json::json_pointer place(pointer);
    CAPTURE(place.to_string());
    REQUIRE(whole.contains(place));
    for (const auto& wrong : wrong_for(wanted)) {
      CAPTURE(wrong.dump());
      json changed = whole;
      changed[place] = wrong;
      CHECK_FALSE(reads(what, changed.dump()));
    }
    if (!whole.at(place.parent_pointer()).is_object()) continue;
    json without = whole;
    without[place.parent_pointer()].erase(place.back());
    CHECK_FALSE(reads(what, without.dump()));
  }

  // Everything else may be missing, of any type, or unknown.
  std::vector<std::string> places;
  places_of(whole, "", places);
  for (const auto& pointer : places) {
    CAPTURE(pointer);
    const json::json_pointer place(pointer);
    if (!whole.at(place.parent_pointer()).is_object()) continue;  // rows of a list have their own needs
    json more = whole;
    more[place.parent_pointer()]["unknownField"] = json::parse(R"({"deep":[null,{"x":1}]})");
    CHECK(reads(what, more.dump()));
    bool needed = false;
    for (const auto& need : good.needs)
      needed = needed || need.first == pointer || need.first.starts_with(pointer + '/');
    if (needed) continue;
    for (const auto& any :
         {json(), json(5), json(-1.5), json(true), json("x"), json(""), json::array(), json::object()}) {
      CAPTURE(any.dump());
      json changed = whole;
      changed[place] = any;
      CHECK(reads(what, changed.dump()));
    }
  }
}

}  // namespace triggerd::api::test
