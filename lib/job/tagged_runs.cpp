#include "job/tagged_runs.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace triggerd::job {

task<api::answer<std::vector<api::run_view>>> runs_with_tag(std::string tag, target::access by) {
  api::run_filter which;
  which.tag.push_back(std::move(tag));
  std::vector<api::run_view> found;
  for (std::size_t pages = 0; pages < limits::tag_pages; ++pages) {
    auto ask = api::list_runs(which);
    auto page = co_await by.send(std::move(ask));
    if (!page) co_return page.error();
    for (api::run_view& run : page->runs) found.push_back(std::move(run));
    if (page->next.empty()) break;
    which.after = std::move(page->next);
  }
  co_return std::move(found);
}

const api::run_view* run_of_action(const std::vector<api::run_view>& tagged, const std::string& key) {
  for (const api::run_view& run : tagged)
    if (run.idempotency_key == key) return &run;
  const auto well =
      std::find_if(tagged.rbegin(), tagged.rend(), [](const api::run_view& run) { return !run.failed(); });
  if (well != tagged.rend()) return &*well;
  return tagged.empty() ? nullptr : &tagged.back();
}

std::string repeated_after(const api::run_view& failed) {
  return "repeated-after-failure: " + failed.id + " had failed before its answer was seen";
}

}  // namespace triggerd::job
