#include "conformance/exceptions.hpp"

#include <array>

namespace triggerd::conformance {

namespace {

constexpr std::array all_differences{differs::durations, differs::one_tag, differs::batch_words, differs::item_words,
                                     differs::branch,    differs::source,  differs::no_token};

constexpr std::string_view in_words = "the call is told in words, not as a call with arguments";
constexpr std::string_view in_task = "made inside a running task, which a service outside never is";
constexpr std::string_view not_json = "the payload holds a JavaScript value that JSON has no form for";
constexpr std::string_view uploaded =
    "the SDK uploads a large payload first; ours travels in the request, which takes 3 MiB";
constexpr std::string_view defect = "the SDK's own defect, not to be imitated";
constexpr std::string_view no_changes =
    "a replay with changes: older servers ignore them without a word, so there is none";

constexpr std::array skipped{
    exception{"TriggerClient-env-branch-fixed-at-construction", in_words},
    exception{"TriggerClient-env-token-read-per-call", in_words},
    exception{"TriggerClient-inside-task-inherit-context", in_task},
    exception{"TriggerClient-runs-bulk-uses-global-config", defect},
    exception{"TriggerClient-runs-bulk-without-global-config", defect},
    exception{"auth.withAuth-inner-secretKey-loses-to-outer-accessToken",
              "a scope has one credential whatever its kind, and the inner one holds"},
    exception{"auth.withAuth-inside-task-keeps-context", in_task},
    exception{"batch.triggerByTask-basic", in_words},
    exception{"envvars.list-missing-slug", "the slug is an argument that no call can leave out"},
    exception{"envvars.retrieve-inside-task-defaults", in_task},
    exception{"envvars.update-sdk-method-throws-outside-task", defect},
    exception{"envvars.upload-preview-with-parent-variables",
              "a failed half of a joint import is not reported, so a branch and its parent are written one by one"},
    exception{"headers-base-url-trailing-slash", "the recording does not hold the base URL it was made with"},
    exception{"headers-inside-task-global-call", in_task},
    exception{"headers-realtime-streams-v1", "runs are always made for the second version of realtime streams"},
    exception{"runs.bulk.abort-basic", "no bulk action of ours is ever aborted: there is no operation for it"},
    exception{"runs.bulk.replay-by-filter", "a bulk action names its runs, so that what it did to which can be told"},
    exception{"runs.replay-overrides", no_changes},
    exception{"runs.replay-overrides-without-payload", no_changes},
    exception{"runs.retrieve-presigned-download-fails", in_words},
    exception{"runs.retrieve-presigned-output-superjson", in_words},
    exception{"runs.retrieve-presigned-payload-and-output", in_words},
    exception{"tasks.batchTrigger-async-iterable", in_words},
    exception{"tasks.batchTrigger-empty-array", "an empty batch is never sent: the server refuses it"},
    exception{"tasks.batchTrigger-large-item-offloaded", uploaded},
    exception{"tasks.trigger-env-trigger-version-used-by-global",
              "the version of tasks is an option, never read from the process's environment"},
    exception{"tasks.trigger-option-idempotency-created-array-attempt", in_words},
    exception{"tasks.trigger-option-idempotency-created-global", in_words},
    exception{"tasks.trigger-payload-at-offload-threshold", uploaded},
    exception{"tasks.trigger-payload-bigint-map-set", not_json},
    exception{"tasks.trigger-payload-date", not_json},
    exception{"tasks.trigger-payload-nested-null-and-undefined", not_json},
    exception{"tasks.trigger-payload-special-numbers", not_json},
};

}  // namespace

std::span<const exception> differences() { return all_differences; }
std::span<const exception> not_compared() { return skipped; }

}  // namespace triggerd::conformance
