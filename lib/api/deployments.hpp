// Deployments (contract API.md 19).
#pragma once

#include "api/operation.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace triggerd::api {

struct deployment_view {
  std::string id;  // "deployment_..."
  std::string version, short_code;
  std::string status;  // PENDING INSTALLING BUILDING DEPLOYING DEPLOYED FAILED CANCELED TIMED_OUT
  std::string runtime, runtime_version;
  std::string external_id;
  std::optional<instant> created, deployed;
  std::string git, error;  // JSON text; empty: none
  // Told of a single one only:
  std::string content_hash, image, canceled_reason;
  std::string worker;  // JSON text; its tasks
};

struct deployment_filter {  // empty: not sent
  std::string status;       // one; the server takes no list (exchange 476)
  std::string period;       // "7d": back from now, by the server's clock
  std::optional<instant> from, to;
  std::uint32_t page_size = 0;  // 5 to 100, which the server forces; 0: 20
  std::string after;            // cursor
};
struct deployment_page {
  std::vector<deployment_view> deployments;  // newest first
  std::string next;
};
operation<deployment_page> list_deployments(const deployment_filter& which);

operation<deployment_view> current_deployment();  // the promoted one; api.not-found: none
// The newest that a server of one's own did not manage; api.not-found for ordinary deployments: current_deployment().
operation<deployment_view> latest_deployment();
operation<deployment_view> retrieve_deployment(std::string_view deployment);

struct promoted_deployment {
  std::string id, version, short_code;
};
// By version. The current one, and an older one without `allow_rollbacks`, are refused with 400.
operation<promoted_deployment> promote_deployment(std::string_view version, bool allow_rollbacks = false);
// `reason` may be empty. api.bad-argument when it holds control characters.
result<operation<nothing>> cancel_deployment(std::string_view deployment, std::string_view reason = {});

}  // namespace triggerd::api
