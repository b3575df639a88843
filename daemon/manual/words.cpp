#include "manual/words.hpp"

#include <map>

namespace triggerd::manual {

words words_for(const argument& of) {
  static const std::map<std::string, std::vector<std::string>> askable{
      {"JOB", {"jobs"}},           {"TARGET", {"targets"}},       {"SELECTOR", {"targets"}},       {"FIRE", {"fires"}},
      {"ENDPOINT", {"endpoints"}}, {"WHAT", {"jobs", "targets"}}, {"THING", {"explain", "fires"}},
  };
  words out;
  out.known = of.choices;
  out.files = of.value == "FILE" || of.value == "PATH";
  if (const auto found = askable.find(of.value); found != askable.end()) out.asked = found->second;
  return out;
}

}  // namespace triggerd::manual
