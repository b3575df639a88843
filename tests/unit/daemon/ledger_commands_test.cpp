#include "ledger_commands.hpp"
#include "state_owner.hpp"
#include "store/file.hpp"
#include "store/ledger_file.hpp"
#include "store/lock.hpp"
#include "store/state_directory.hpp"
#include "unit/daemon/world.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <sstream>

using namespace triggerd;

namespace {

struct tended_house {
  test::temporary_folder place;
  machine_clock time;
  std::string state = place.path() + "/state";
  std::string said;

  int tend(ledger_command::verb what, const std::string& file = {}) {
    std::ostringstream words;
    const int code = run_ledger({what, file}, state, time, words);
    said = words.str();
    return code;
  }
  bool says(std::string_view part) const { return said.find(part) != std::string::npos; }
  std::string file(const std::string& name) const { return place.path() + '/' + name; }
};

using verb = ledger_command::verb;

}  // namespace

TEST_CASE("a ledger goes out to a file and comes back, and each says what it did") {
  tended_house h;
  CHECK(h.tend(verb::begin) == 0);
  CHECK(h.says("triggerd: a new ledger begins. It does not know what was done after this moment"));
  CHECK(h.tend(verb::take_out, h.file("backup")) == 0);
  CHECK(h.says("exported 0 fires, 0 of them unfinished, and 0 bodies\n"));
  struct stat seen {};
  REQUIRE(::stat(h.file("backup").c_str(), &seen) == 0);
  CHECK((seen.st_mode & 07777) == 0600);
  CHECK(h.tend(verb::bring_in, h.file("backup")) == 0);
  CHECK(h.says("imported 0 fires"));
  CHECK(h.says("; what stood here is now " + store::ledger_path(h.state) + ".replaced-"));
  CHECK(store::open_ledger_file(store::ledger_path(h.state), h.time).has_value());
}

TEST_CASE("a backup that cannot be made leaves the one before it") {
  tended_house h;
  REQUIRE(store::write_durable(h.file("backup"), "the one before").has_value());
  CHECK(h.tend(verb::take_out, h.file("backup")) == 78);
  CHECK(h.says("nothing to export"));
  CHECK(store::read_whole(h.file("backup")).value() == "the one before");
  CHECK_FALSE(store::exists(h.file("backup.new")));
  CHECK(h.tend(verb::begin) == 0);
  CHECK(h.tend(verb::take_out, h.file("no/such/folder")) == 1);
  CHECK(h.says("cannot make: No such file or directory"));
}

TEST_CASE("whoever holds the lock keeps the ledger") {
  tended_house h;
  CHECK(h.tend(verb::begin) == 0);
  const auto lock = store::state_lock::take(h.state);
  REQUIRE(lock.has_value());
  REQUIRE(store::write_durable(h.file("backup"), "x").has_value());
  CHECK(h.tend(verb::take_out, h.file("other")) == 1);
  CHECK(h.says("is in use by process " + std::to_string(::getpid())));
  CHECK(h.tend(verb::bring_in, h.file("backup")) == 1);
  CHECK(h.says("is in use by process"));
  CHECK(h.tend(verb::begin) == 1);
  CHECK(h.says("is in use by process"));
}

TEST_CASE("a file that is not there, or is no export, is told and changes nothing") {
  tended_house h;
  CHECK(h.tend(verb::bring_in, h.file("gone")) == 1);
  CHECK(h.says("cannot open: No such file or directory"));
  REQUIRE(store::write_durable(h.file("note"), "buy milk").has_value());
  CHECK(h.tend(verb::bring_in, h.file("note")) == 78);
  CHECK(h.says("the export cannot be used"));
  CHECK_FALSE(store::exists(store::ledger_path(h.state)));
}

TEST_CASE("root acts for the owner of the state directory and is itself again afterwards") {
  tended_house h;
  CHECK(h.tend(verb::begin) == 0);
  if (::geteuid() != 0) return;  // nobody else can give files away
  REQUIRE(::chmod(h.place.path().c_str(), 0711) == 0);
  REQUIRE(::chown(h.state.c_str(), 65'534, 65'534) == 0);
  {
    const auto owner = state_owner::become(h.state);
    REQUIRE(owner.has_value());
    CHECK(::geteuid() == 65'534);
    CHECK(::getegid() == 65'534);
  }
  CHECK(::geteuid() == 0);
  {
    const auto owner = state_owner::become(h.file("gone"));
    CHECK(owner.has_value());
    CHECK(::geteuid() == 0);
  }
}
