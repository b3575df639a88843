// The hash of files: what changes it, and what does not.
#include "unit/config/paper_machine.hpp"

#include <set>

using namespace triggerd;
using namespace triggerd::test;

TEST_CASE("equal files have equal hashes, whatever their order and blanks, and others do not") {
  const std::string one = "[job.a]\ntype = \"trigger\"\ntargets = [\"shop-prod\"]\ntask = \"t\"\n";
  const std::string same = "# words\n[job.a]\ntask   = \"t\"\ntargets = [ \"shop-prod\" ]\ntype = \"trigger\"\n\n";
  const std::string other = "[job.a]\ntype = \"trigger\"\ntargets = [\"shop-prod\"]\ntask = \"u\"\n";
  CHECK(good(one).hash == good(same).hash);
  CHECK(good(one).hash != good(other).hash);
  CHECK(good(one).hash.size() == 64);
}

TEST_CASE("files that differ in anything have other hashes") {
  const auto hash = [](const std::string& files) { return good(files).hash; };
  const auto labels = [](const std::string& text) {
    return "[target.t]\nproject = \"proj_x\"\nenvironment = \"prod\"\ncredential = \"prod\"\nlabels = { " + text +
           " }\n";
  };
  std::set<std::string> seen;
  for (const std::string& files :
       {std::string(), labels(""), labels("a = \"b\""), labels("ab = \"\""), labels("a = \"b\", c = \"d\""),
        labels("a = \"b\", c = \"e\""), labels("") + "[limit.l]\nburst = 5\n", labels("") + "[limit.l]\nburst = 6\n",
        labels("") + "[limit.k]\nburst = 5\n", labels("") + "[defaults.target]\nvars = { a = \"b\" }\n",
        std::string("[daemon]\nstate_dir = \"/s\"\n"), std::string("[daemon]\nwatchdog = false\n"),
        std::string("[daemon]\nwatchdog = true\n"), std::string("[log]\nredact = [\"A\", \"B\"]\n"),
        std::string("[log]\nredact = [\"AB\"]\n"), std::string("[log]\nredact = [\"B\", \"A\"]\n")})
    CHECK_MESSAGE(seen.insert(hash(files)).second, files);
}
