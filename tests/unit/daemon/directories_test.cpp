#include "directories.hpp"
#include "digest_key.hpp"
#include "reject_folder.hpp"
#include "store/file.hpp"
#include "unit/daemon/world.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace triggerd;

namespace {

unsigned int mode_of(const std::string& path) {
  struct stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777;
}

// The real machine, whose service keeps its state in this folder.
class machine_with_state final : public config::environment {
 public:
  explicit machine_with_state(std::string state) : state_(std::move(state)) {}
  std::optional<std::string> variable(std::string_view) const override { return state_; }
  result<std::string> read_file(const std::string& path) const override { return real_.read_file(path); }
  result<std::vector<std::string>> list_folder(const std::string& path) const override {
    return real_.list_folder(path);
  }
  result<secret> read_secret(const spec::value_source& source) const override { return real_.read_secret(source); }

 private:
  config::machine_environment real_;
  std::string state_;
};

}  // namespace

TEST_CASE("the system's file wins over one's own") {
  test::invented_machine machine;
  machine.variables = {{"HOME", "/users/ann"}};
  CHECK(default_config_path(machine) == "/etc/triggerd/triggerd.toml");  // none is there: the complaint names this one
  machine.files["/users/ann/.config/triggerd/triggerd.toml"] = "";
  CHECK(default_config_path(machine) == "/users/ann/.config/triggerd/triggerd.toml");
  machine.variables["XDG_CONFIG_HOME"] = "/conf";
  CHECK(default_config_path(machine) == "/etc/triggerd/triggerd.toml");
  machine.files["/conf/triggerd/triggerd.toml"] = "";
  CHECK(default_config_path(machine) == "/conf/triggerd/triggerd.toml");
  machine.files["/etc/triggerd/triggerd.toml"] = "";
  CHECK(default_config_path(machine) == "/etc/triggerd/triggerd.toml");
}

TEST_CASE("root reads the keys of the service that it looks after, and of nobody else") {
  if (::geteuid() != 0) return;  // only root can give a file away
  constexpr uid_t service = 65'534, stranger = 65'533;
  const test::temporary_folder home;
  const std::string state = home.path() + "/state", key = home.path() + "/key";
  std::filesystem::permissions(home.path(), std::filesystem::perms(0755));
  REQUIRE(std::filesystem::create_directory(state));
  REQUIRE(::chown(state.c_str(), service, service) == 0);
  std::ofstream(key) << "tr_prod_invented";
  REQUIRE(::chmod(key.c_str(), 0600) == 0);
  spec::value_source source;
  source.from = spec::value_source::kind::file;
  source.name = key;
  const machine_with_state machine(state);
  const process_environment by_root(machine, true), by_another(machine, false);
  REQUIRE(::chown(key.c_str(), service, service) == 0);
  CHECK(by_root.read_secret(source).value().expose() == "tr_prod_invented");
  CHECK_FALSE(by_another.read_secret(source));
  CHECK(::geteuid() == 0);
  REQUIRE(::chown(key.c_str(), stranger, stranger) == 0);
  CHECK_FALSE(by_root.read_secret(source));
}

TEST_CASE("folders come from the unit, else from the system for root and from XDG for people") {
  test::invented_machine machine;
  machine.variables = {{"HOME", "/users/ann"}, {"XDG_RUNTIME_DIR", "/run/user/1000"}};
  CHECK(default_state_directory(machine, true) == "/var/lib/triggerd");
  CHECK(default_runtime_directory(machine, true) == "/run/triggerd");
  CHECK(default_state_directory(machine, false) == "/users/ann/.local/state/triggerd");
  CHECK(default_runtime_directory(machine, false) == "/run/user/1000/triggerd");
  machine.variables["XDG_STATE_HOME"] = "/state";
  CHECK(default_state_directory(machine, false) == "/state/triggerd");
  machine.variables.erase("XDG_RUNTIME_DIR");
  CHECK(default_runtime_directory(machine, false) == "/run/triggerd");
  machine.variables["STATE_DIRECTORY"] = "/var/lib/one:/var/lib/two";
  machine.variables["RUNTIME_DIRECTORY"] = "/run/one";
  CHECK(default_state_directory(machine, true) == "/var/lib/one");
  CHECK(default_runtime_directory(machine, false) == "/run/one");
}

TEST_CASE("the reader of the files sees folders also where the service manager gave none") {
  test::invented_machine machine;
  machine.variables = {{"HOME", "/users/ann"}, {"LANG", "C"}};
  const process_environment env(machine, false);
  CHECK(env.variable("STATE_DIRECTORY") == "/users/ann/.local/state/triggerd");
  CHECK(env.variable("LANG") == "C");
  CHECK_FALSE(env.variable("NOTHING"));
}

TEST_CASE("a folder is made with what leads to it, with the mode that is asked for whatever the umask") {
  const test::temporary_folder home;
  const mode_t before = ::umask(077);
  REQUIRE(make_directory(home.path() + "/a/b/run", 0755));
  ::umask(before);
  CHECK(mode_of(home.path() + "/a/b/run") == 0755);
  REQUIRE(make_directory(home.path() + "/a/b/run", 0700));
  CHECK(mode_of(home.path() + "/a/b/run") == 0755);  // it was there: its owner decided
  std::ofstream(home.path() + "/file") << "x";
  const auto in_the_way = make_directory(home.path() + "/file/below", 0700);
  REQUIRE_FALSE(in_the_way);
  CHECK(in_the_way.error().message.find("not a folder") != std::string::npos);
}

TEST_CASE("the digest key is made once, private, and never silently replaced") {
  const test::temporary_folder home;
  seeded_random random(1);
  const auto first = digest_key(home.path(), random);
  REQUIRE(first);
  CHECK(first->size() == 32);
  CHECK(mode_of(home.path() + "/digest.key") == 0600);
  const auto again = digest_key(home.path(), random);
  REQUIRE(again);
  CHECK(*again == *first);
  REQUIRE(store::write_durable(home.path() + "/digest.key", "short"));
  const auto damaged = digest_key(home.path(), random);
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().message.find("32 bytes") != std::string::npos);
}

TEST_CASE("rejects are appended below the state directory and nowhere else") {
  const test::temporary_folder home;
  reject_folder rejects(home.path());
  REQUIRE(rejects.append("rejects/orders/shop.ndjson", "one\n"));
  REQUIRE(rejects.append("rejects/orders/shop.ndjson", "two\n"));
  CHECK(*store::read_whole(home.path() + "/rejects/orders/shop.ndjson") == "one\ntwo\n");
  CHECK(mode_of(home.path() + "/rejects/orders/shop.ndjson") == 0600);
  for (const char* folder : {"/rejects", "/rejects/orders"}) CHECK(mode_of(home.path() + folder) == 0700);
  for (const char* bad : {"", "/etc/passwd", "../out", "a/../../out", "a//b", "a/./b", "a\nb"}) {
    CAPTURE(bad);
    CHECK_FALSE(rejects.append(bad, "x"));
  }
  std::filesystem::create_symlink(home.path() + "/elsewhere", home.path() + "/link");
  CHECK_FALSE(rejects.append("link", "x"));
  CHECK_FALSE(std::filesystem::exists(home.path() + "/elsewhere"));
}
