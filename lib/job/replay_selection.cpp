#include "job/replay_selection.hpp"

#include "base/limits.hpp"
#include "base/text.hpp"
#include "job/codes.hpp"
#include "job/scope.hpp"

namespace triggerd::job {

namespace {

std::string in_quotes(std::string_view text) { return '"' + text::printable(text, 80) + '"'; }

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

class renderer {
 public:
  explicit renderer(const leg_view& leg) : scope_(leg), due_(leg.fire.due) {}

  result<instant> bound(std::string_view key, const std::string& written) const {
    const auto rendered = spec::render_text(written, scope_.names());
    if (!rendered) return at(key, rendered.error());
    if (const auto exact = text::parse_iso(*rendered)) return *exact;
    const auto relative = spec::parse_signed_duration(*rendered);
    if (relative) return due_ + *relative;
    return fail(codes::guard, "select." + std::string(key) + " " + in_quotes(*rendered) +
                                  " is neither an instant with a zone nor relative such as \"-2h\"");
  }

  result<std::string> one(std::string_view key, const std::string& written) const {
    if (written.empty()) return std::string();
    auto rendered = spec::render_text(written, scope_.names());
    if (!rendered) return at(key, rendered.error());
    const bool widens = rendered->empty() || rendered->find(',') != std::string::npos;
    if (widens || text::has_control(*rendered))
      return fail(codes::guard, "select." + std::string(key) + " " + in_quotes(written) + " became " +
                                    in_quotes(*rendered) + ", which the server would read as another selection");
    return rendered;
  }

  result<std::vector<std::string>> list(std::string_view key, const std::vector<std::string>& written) const {
    std::vector<std::string> out;
    for (const auto& entry : written) {
      auto rendered = one(key, entry);
      if (!rendered) return rendered.error();
      if (rendered->empty()) return fail(codes::guard, "select." + std::string(key) + " has an empty entry");
      out.push_back(std::move(*rendered));
    }
    return out;
  }

 private:
  static error at(std::string_view key, error e) {
    e.message.insert(0, "select." + std::string(key) + ": ");
    return e;
  }

  scope scope_;
  instant due_;
};

}  // namespace

result<replay_selection> select_runs(const leg_view& leg) {
  const auto& select = std::get<spec::replay_spec>(leg.job.what).select;
  const renderer render(leg);
  replay_selection out;
  auto& filter = out.filter;

  const auto from = render.bound("from", select.from);
  if (!from) return from.error();
  const auto to = render.bound("to", select.to);
  if (!to) return to.error();
  const instant latest = leg.fire.due - limits::replay_margin;
  filter.from = *from;
  filter.to = std::min(*to, latest);
  if (*to > latest)
    out.notes.push_back("select.to is pulled back to " + text::iso(latest) +
                        ", a minute before the fire: lists lag, and a replay must not select its own runs");
  if (*filter.from >= *filter.to)
    return fail(codes::guard,
                "select.from " + text::iso(*filter.from) + " does not lie before select.to " + text::iso(*filter.to));

  const std::pair<std::string_view, std::pair<const std::vector<std::string>*, std::vector<std::string>*>> lists[] = {
      {"status", {&select.status, &filter.status}},    {"task", {&select.task, &filter.task}},
      {"version", {&select.version, &filter.version}}, {"tag", {&select.tag, &filter.tag}},
      {"queue", {&select.queue, &filter.queue}},       {"machine", {&select.machine, &filter.machine}},
      {"region", {&select.region, &filter.region}}};
  for (const auto& [key, places] : lists) {
    auto rendered = render.list(key, *places.first);
    if (!rendered) return rendered.error();
    *places.second = std::move(*rendered);
  }
  for (auto& status : filter.status) status = upper(std::move(status));

  const std::pair<std::string_view, std::pair<const std::string*, std::string*>> singles[] = {
      {"schedule", {&select.schedule, &filter.schedule}},
      {"batch", {&select.batch, &filter.batch}},
      {"bulk_action", {&select.bulk_action, &filter.bulk_action}}};
  for (const auto& [key, places] : singles) {
    auto rendered = render.one(key, *places.first);
    if (!rendered) return rendered.error();
    *places.second = std::move(*rendered);
  }
  filter.test = select.test;
  filter.page_size = limits::list_page_size;
  return out;
}

}  // namespace triggerd::job
