#include "api/projects.hpp"
#include "base/text.hpp"
#include "unit/api/reader_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string organization =
    R"({"id":"o1","title":"Local Org","slug":"local","createdAt":"2026-11-24T02:20:09.068Z"})";
const std::string project =
    R"({"id":"p1","externalRef":"proj_1","name":"Local","slug":"local-e5f6","createdAt":"2026-11-24T02:20:09.089Z",)"
    R"("defaultRegion":null,"defaultRuntime":"node","organization":)" +
    organization + '}';

}  // namespace

TEST_CASE("organizations and projects are listed with what they say") {
  CHECK(list_organizations().what.path == "/api/v1/orgs");
  hold_reader(list_organizations(), {'[' + organization + ']', {{"/0/id", form::text}, {"/0/slug", form::text}}});
  CHECK(list_projects().what.path == "/api/v1/projects");
  hold_reader(list_projects(), {'[' + project + ']', {{"/0/id", form::text}, {"/0/externalRef", form::text}}});
  CHECK(retrieve_project("proj_1").what.path == "/api/v1/projects/proj_1");
  hold_reader(retrieve_project("proj_1"), {project, {{"/id", form::text}, {"/externalRef", form::text}}});
  const auto view = retrieve_project("proj_1").read(response(200, project)).value();
  CHECK(view.ref == "proj_1");
  CHECK(view.name == "Local");
  CHECK(view.default_region.empty());
  CHECK(view.default_runtime == "node");
  CHECK(view.organization.title == "Local Org");
  CHECK(view.organization.created == text::parse_iso("2026-11-24T02:20:09.068Z"));
}

TEST_CASE("a branch is made under its family, and archived without keeping its keys") {
  const auto made = upsert_branch("proj_1", branch_family::preview, "feature/login").value();
  CHECK(made.what.path == "/api/v1/projects/proj_1/branches");
  CHECK(json::parse(*made.what.body) == json{{"env", "preview"}, {"branch", "feature/login"}});
  CHECK(made.what.repeatable());
  hold_reader(made, {R"({"id":"b1"})", {{"/id", form::text}}});
  const auto with_git = upsert_branch("p", branch_family::development, "b", R"({"commitSha":"1"})").value().what;
  CHECK(json::parse(*with_git.body).at("git") == json{{"commitSha", "1"}});
  CHECK(json::parse(*with_git.body).at("env") == "development");
  const auto gone = archive_branch("proj_1", branch_family::preview, "old").value();
  CHECK(gone.what.path == "/api/v1/projects/proj_1/branches/archive");
  CHECK(gone.what.secret_reply);
  CHECK_FALSE(gone.what.repeatable());
  CHECK(gone.read(response(200, R"({"success":true,"branch":{"id":"b1"}})")).has_value());
  CHECK_FALSE(gone.read(response(200, R"({"success":false})")).has_value());
}

TEST_CASE("names that git and the server refuse are refused here") {
  for (const auto* name : {"main", "feature/login", "a.b", "v1.0-rc", "@", "ä"}) CHECK(check_branch_name(name));
  for (const auto* name : {"", "bad branch", "a~b", "a^", "a:b", "a?", "a*", "a[b", "a\\b", "a..b", "a//b", "a@{b",
                           "/a", "a/", "a.lock", "a\tb"}) {
    const std::string shown = name;
    CAPTURE(shown);
    CHECK(check_branch_name(name).error().code == api::codes::bad_argument);
    CHECK_FALSE(upsert_branch("p", branch_family::preview, name).has_value());
    CHECK_FALSE(archive_branch("p", branch_family::preview, name).has_value());
  }
  CHECK_FALSE(upsert_branch("p", branch_family::preview, "b", "5").has_value());
  CHECK_FALSE(upsert_branch("p", branch_family::preview, "b", "{").has_value());
}

TEST_CASE("an environment is paused and resumed") {
  CHECK(pause_environment("proj_1", spec::environment::staging).what.path == "/api/v1/projects/proj_1/staging/pause");
  const auto resume = resume_environment("proj_1", spec::environment::prod);
  CHECK(resume.what.path == "/api/v1/projects/proj_1/prod/resume");
  CHECK(resume.what.body == nullptr);
  hold_reader(resume, {R"({"paused":true,"state":"paused"})", {{"/paused", form::flag}}});
  CHECK(resume.read(response(200, R"({"paused":true,"state":"paused"})")).value().paused);
}
