#include "spec/job_spec.hpp"

namespace triggerd::spec {

std::string_view name(job_kind kind) {
  switch (kind) {
    case job_kind::trigger: return "trigger";
    case job_kind::batch: return "batch";
    case job_kind::replay: return "replay";
    case job_kind::env_sync: return "env-sync";
  }
  return {};
}

}  // namespace triggerd::spec
