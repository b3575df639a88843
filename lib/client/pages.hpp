// A list, page by page, each asked for when it is wanted (contract API.md 7). Both shapes of the API: pages with a cursor
// in `next`, and numbered ones with `current_page` and `total_pages`.
//
//   pages<api::run_page> list(prod, [which](std::string_view cursor) { ... return api::list_runs(...); });
//   while (auto page = co_await list.next()) ...
#pragma once

#include "api/codes.hpp"
#include "client/retrying_client.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace triggerd::client {

template <class Page>
class pages {
 public:
  // The call for the page at `cursor`; "" is the first. Of numbered pages the cursor is the number.
  using asking = std::function<api::operation<Page>(std::string_view cursor)>;

  pages(retrying_client by, asking ask) : by_(std::move(by)), ask_(std::move(ask)) {}

  // Nullopt after the last page. A page may be empty although others follow. After a failure the next call asks for the
  // same page again. api.unreadable for a server that goes in a circle.
  task<std::optional<api::answer<Page>>> next() {
    if (over_) co_return std::nullopt;
    api::operation<Page> what = ask_(cursor_);
    const api::call asked = what.what;
    api::answer<Page> page = co_await by_.send(std::move(what));
    if (!page) co_return page;
    std::string following = cursor_after(*page);
    if (!following.empty() && following == cursor_) {
      api::failure circle;
      circle.what =
          fail(api::codes::unreadable, std::string(asked.endpoint->id) + ": the server gave the same cursor twice");
      over_ = true;
      co_return api::answer<Page>(std::move(circle));
    }
    cursor_ = std::move(following);
    over_ = cursor_.empty();
    co_return page;
  }

 private:
  static std::string cursor_after(const Page& page) {
    if constexpr (requires { page.next; }) {
      return page.next;
    } else {
      return page.current_page < page.total_pages ? std::to_string(page.current_page + 1) : std::string();
    }
  }

  retrying_client by_;
  asking ask_;
  std::string cursor_;
  bool over_ = false;
};

}  // namespace triggerd::client
