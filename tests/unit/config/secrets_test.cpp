// Values behind references, from real files: who may read them and what they may be.
#include "unit/config/paper_machine.hpp"

#include "base/limits.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

using namespace triggerd;
using namespace triggerd::test;
using config::resolve;
using kind = spec::value_source::kind;

namespace {

class folder {
 public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "triggerd-secrets-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~folder() { std::filesystem::remove_all(path_); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  std::string file(const std::string& name, const std::string& text, mode_t mode) const {
    const auto path = path_ + '/' + name;
    std::ofstream(path, std::ios::binary) << text;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

spec::value_source from(kind what, const std::string& name) { return {what, name, {}, milliseconds(1'000)}; }

std::string code_of(const result<secret>& got) { return got ? "none" : std::string(got.error().code.name); }

const std::string value = key("prod");

}  // namespace

TEST_CASE("a file that nobody else can read gives its value without its newline") {
  const folder f;
  const paper_machine machine;
  CHECK(resolve(from(kind::file, f.file("a", value + '\n', 0600)), machine, {})->expose() == value);
  CHECK(resolve(from(kind::file, f.file("b", value, 0400)), machine, {})->expose() == value);
}

TEST_CASE("a file that others can read or write is refused and says how to mend it") {
  const folder f;
  const paper_machine machine;
  for (const mode_t mode : {0640, 0604, 0660, 0620, 0602, 0610, 0601, 0644, 0777}) {
    const auto got = resolve(from(kind::file, f.file("a", value, mode)), machine, {});
    CHECK_MESSAGE(code_of(got) == config::codes::secret_unsafe.name, mode);
    if (!got) {
      CHECK(got.error().message.find("chmod 600") != std::string::npos);
      CHECK(got.error().message.find(value) == std::string::npos);
    }
  }
}

TEST_CASE("a file of another user is refused") {
  if (::geteuid() != 0) return;  // only root can give a file away
  const folder f;
  const auto path = f.file("a", value, 0600);
  REQUIRE(::chown(path.c_str(), 65'534, 65'534) == 0);
  CHECK(code_of(resolve(from(kind::file, path), paper_machine(), {})) == config::codes::secret_unsafe.name);
}

TEST_CASE("what is no ordinary file is refused without waiting for it") {
  const folder f;
  const paper_machine machine;
  const auto pipe = f.path() + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(code_of(resolve(from(kind::file, pipe), machine, {})) == config::codes::secret_unsafe.name);
  CHECK(code_of(resolve(from(kind::file, f.path()), machine, {})) == config::codes::secret_unsafe.name);
  CHECK(code_of(resolve(from(kind::file, f.path() + "/gone"), machine, {})) == config::codes::secret_missing.name);
}

TEST_CASE("the unit's credential folder is systemd's to protect") {
  const folder f;
  paper_machine machine;
  const auto path = f.file("shop", value, 0440);
  CHECK(code_of(resolve(from(kind::systemd, "shop"), machine, {})) == config::codes::not_checkable.name);
  machine.variables["CREDENTIALS_DIRECTORY"] = f.path();
  CHECK(resolve(from(kind::systemd, "shop"), machine, {})->expose() == value);
  CHECK(resolve(from(kind::file, path), machine, {})->expose() == value);
  CHECK(code_of(resolve(from(kind::systemd, "gone"), machine, {})) == config::codes::secret_missing.name);
  CHECK(code_of(resolve(from(kind::systemd, "../shop"), machine, {})) == config::codes::secret_form.name);
  machine.variables["CREDENTIALS_DIRECTORY"] = f.path() + "/inner";
  CHECK(code_of(resolve(from(kind::file, f.path() + "/inner/../shop"), machine, {})) != "none");
}

TEST_CASE("a value is one line of bounded length") {
  paper_machine machine;
  const auto of = [&](const std::string& text) {
    machine.variables["V"] = text;
    return resolve(from(kind::env, "V"), machine, {});
  };
  CHECK(of(value)->expose() == value);
  CHECK(of(value + '\n')->expose() == value);
  CHECK(code_of(of("")) == config::codes::secret_form.name);
  CHECK(code_of(of("\n")) == config::codes::secret_form.name);
  CHECK(code_of(of(value + "\n\n")) == config::codes::secret_form.name);
  CHECK(code_of(of("a\tb")) == config::codes::secret_form.name);
  CHECK(of(std::string(limits::secret_file, 'a')).has_value());
  CHECK(code_of(of(std::string(limits::secret_file + 1, 'a'))) == config::codes::secret_form.name);
  CHECK(of("a\nb").error().message.find('b' + std::string("\"")) == std::string::npos);
  const folder f;
  CHECK(code_of(resolve(from(kind::file, f.file("a", std::string(limits::secret_file + 1, 'a'), 0600)), machine, {})) ==
        config::codes::secret_form.name);
}

TEST_CASE("a program is run by who brings a runner, and by nobody else") {
  spec::value_source source;
  source.from = kind::exec;
  source.argv = {"/usr/bin/vault", "read"};
  const paper_machine machine;
  CHECK(code_of(resolve(source, machine, {})) == config::codes::not_checkable.name);
  const auto runner = [](const spec::value_source& of) -> result<secret> { return secret(of.argv[1] + "-it\n"); };
  CHECK(resolve(source, machine, runner)->expose() == "read-it");
  const auto broken = [](const spec::value_source&) -> result<secret> {
    return fail(triggerd::codes::timeout, "too slow");
  };
  CHECK(code_of(resolve(source, machine, broken)) == triggerd::codes::timeout.name);
}

TEST_CASE("a load refuses an unsafe file at the table that names it, and never tells the value") {
  const folder f;
  const auto path = f.file("key", value, 0644);
  const auto all = load(shop("[credential.c]\nfile = \"" + path + "\"\n"));
  CHECK_FALSE(all.value.has_value());
  REQUIRE(all.complaints.size() == 1);
  CHECK(all.complaints[0].code == config::codes::secret_unsafe);
  CHECK(all.complaints[0].where.line == 1);
  CHECK(told(all).find(value) == std::string::npos);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
  CHECK(load(shop("[credential.c]\nfile = \"" + path + "\"\n")).complaints.empty());
}
