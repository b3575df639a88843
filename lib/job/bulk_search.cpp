#include "job/bulk_search.hpp"

#include "base/limits.hpp"

#include <charconv>

namespace triggerd::job {

bulk_search::bulk_search(const store::action_row& action, instant sent)
    : name_(action.key),
      family_(action.key.substr(0, action.key.rfind(':') + 1)),
      number_(action.number),
      not_before_(sent - limits::clock_difference) {}

// Groups of a leg are made one after the other, so that a lower number is older.
bool bulk_search::is_older_of_ours(const std::string& name) const {
  if (family_.empty() || !name.starts_with(family_)) return false;
  std::uint64_t number = 0;
  const char* end = name.data() + name.size();
  const auto [at, wrong] = std::from_chars(name.data() + family_.size(), end, number);
  return wrong == std::errc() && at == end && number < number_;
}

bulk_search::verdict bulk_search::take(const api::bulk_page& page) {
  for (const auto& action : page.actions) {
    if (action.name == name_) {
      found_ = action.id;
      return verdict::found;
    }
    if (!action.name.empty()) named_ = true;
    else if (!reached_ && (!action.created || *action.created >= not_before_)) nameless_ = true;
    reached_ = reached_ || is_older_of_ours(action.name) || (action.created && *action.created < not_before_);
  }
  const bool last = page.next.empty();
  if (reached_ || last) return named_ || !nameless_ ? verdict::absent : verdict::untold;
  if (!cursors_.insert(page.next).second || cursors_.size() >= limits::bulk_search_pages) return verdict::untold;
  next_ = page.next;
  return verdict::more;
}

}  // namespace triggerd::job
