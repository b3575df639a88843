// Organizations, projects, branches and the pausing of environments, mostly with a personal access token (contract
// API.md 21). Who a credential is: identity.hpp.
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"
#include "spec/credential_kind.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct organization_view {
  std::string id, title, slug;
  std::optional<instant> created;
};
operation<std::vector<organization_view>> list_organizations();

struct project_view {
  std::string id;   // the server's own
  std::string ref;  // "proj_..."
  std::string name, slug;
  std::string default_region, default_runtime;  // empty: not said
  std::optional<instant> created;
  organization_view organization;  // with an empty id: not said
};
operation<std::vector<project_view>> list_projects();
operation<project_view> retrieve_project(std::string_view project_ref);

enum class branch_family { preview, development };

struct branch_made {
  std::string id;
};
// Makes it, or answers with the one there is. Also with the preview key itself. `git` is JSON text of an object about
// where it comes from; empty: none. api.bad-argument for a name the server refuses.
result<operation<branch_made>> upsert_branch(std::string_view project_ref, branch_family family,
                                             std::string_view branch, std::string_view git = {});
// A second time is refused (400). The keys in the reply are dropped unread.
result<operation<nothing>> archive_branch(std::string_view project_ref, branch_family family, std::string_view branch);

// Whether git and the server take it for a branch: no blank, no control character, none of ~ ^ : ? * [ \, no "..", "//"
// or "@{", no slash at either end, not ".lock" at the end.
result<void> check_branch_name(std::string_view branch);

struct environment_state {
  bool paused = false;
};
// No run starts in a paused environment; triggers are taken and wait. A secret key may not do it.
operation<environment_state> pause_environment(std::string_view project_ref, spec::environment env);
operation<environment_state> resume_environment(std::string_view project_ref, spec::environment env);

}  // namespace triggerd::api
