#include "api/queues.hpp"

#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const queue_reference by_id{queue_reference::form::id, "queue_1a2b3c"};
const queue_reference of_task{queue_reference::form::task, "send-email"};
const queue_reference custom{queue_reference::form::custom, "q1"};

const std::string queue_row =
    R"({"id":"queue_1a2b3c","name":"hello-queue","type":"custom","running":1,"queued":2,"paused":false,)"
    R"("concurrencyLimit":7,"concurrency":{"current":7,"base":10,"override":7,)"
    R"("overriddenAt":"2026-01-15T10:00:05.000Z","overriddenBy":"Alice"},"concurrencyLimitOverridePercent":12.5,)"
    R"("version":"V2"})";
const std::map<std::string, form> queue_needs{{"/id", form::text},      {"/name", form::text},
                                              {"/type", form::text},    {"/running", form::count},
                                              {"/queued", form::count}, {"/paused", form::flag}};

}  // namespace

TEST_CASE("queues are listed by numbered pages") {
  CHECK(line_of("GET", list_queues({.page = 1, .per_page = 50}).what) == "/api/v1/queues?perPage=50&page=1");
  CHECK(list_queues({}).what.path == "/api/v1/queues");
  std::map<std::string, form> needs{{"/data", form::list},
                                    {"/data/0", form::object},
                                    {"/pagination", form::object},
                                    {"/pagination/currentPage", form::count},
                                    {"/pagination/totalPages", form::count},
                                    {"/pagination/count", form::count}};
  for (const auto& [pointer, wanted] : queue_needs) needs["/data/0" + pointer] = wanted;
  const std::string body =
      R"({"data":[)" + queue_row + R"(],"pagination":{"currentPage":1,"totalPages":3,"count":55}})";
  hold_reader(list_queues({}), {body, needs});
  const auto page = value_of(list_queues({}), body);
  CHECK(page.queues.size() == 1);
  CHECK(page.total_pages == 3);
  CHECK(page.count == 55);
}

TEST_CASE("a queue is named by id, by task or by its own name, which is encoded twice") {
  CHECK(line_of("GET", retrieve_queue(by_id)->what) == "/api/v1/queues/queue_1a2b3c?type=id");
  CHECK(retrieve_queue(of_task)->what.path == "/api/v1/queues/send-email?type=task");
  CHECK(retrieve_queue({queue_reference::form::custom, "team/a b"})->what.path ==
        "/api/v1/queues/team%252Fa%20b?type=custom");
  CHECK(retrieve_queue({queue_reference::form::custom, "50%"})->what.path == "/api/v1/queues/50%25?type=custom");
  CHECK(filter_text(of_task) == "task/send-email");
  CHECK(filter_text(custom) == "q1");
}

TEST_CASE("queues are paused and resumed by one endpoint") {
  const auto pause = pause_queue(of_task)->what;
  CHECK(line_of("POST", pause) == "/api/v1/queues/send-email/pause");
  CHECK(sent(pause) == json{{"type", "task"}, {"action", "pause"}});
  const auto resume = resume_queue(by_id)->what;
  CHECK(line_of("POST", resume) == "/api/v1/queues/queue_1a2b3c/pause");
  CHECK(sent(resume) == json{{"type", "id"}, {"action", "resume"}});
  CHECK(pause.repeatable());
}

TEST_CASE("a queue's limit is overridden by a number or a share, and reset") {
  const auto limit = override_queue_limit(custom, 20)->what;
  CHECK(line_of("POST", limit) == "/api/v1/queues/q1/concurrency/override");
  CHECK(sent(limit) == json{{"type", "custom"}, {"concurrencyLimit", 20}});
  CHECK(sent(override_queue_limit(custom, 0)->what)["concurrencyLimit"] == 0);
  CHECK(sent(override_queue_limit(custom, 100'000)->what)["concurrencyLimit"] == 100'000);
  CHECK(sent(override_queue_percent(custom, 12.5)->what) == json{{"type", "custom"}, {"percent", 12.5}});
  const auto reset = reset_queue_limit(by_id)->what;
  CHECK(line_of("POST", reset) == "/api/v1/queues/queue_1a2b3c/concurrency/reset");
  CHECK(sent(reset) == json{{"type", "id"}});
  hold_refused(override_queue_limit(custom, 100'001), "limit");
  for (const double percent : {0.0, -1.0, 100.5, std::numeric_limits<double>::quiet_NaN()})
    hold_refused(override_queue_percent(custom, percent), "percent");
}

TEST_CASE("a queue without a name, or with control characters in it, is refused everywhere") {
  for (const auto* bad : {"", "a\nb", "a\x7f", "\xff"}) {
    const queue_reference queue{queue_reference::form::custom, bad};
    hold_refused(retrieve_queue(queue), "queue");
    hold_refused(pause_queue(queue), "queue");
    hold_refused(resume_queue(queue), "queue");
    hold_refused(override_queue_limit(queue, 1), "queue");
    hold_refused(override_queue_percent(queue, 1), "queue");
    hold_refused(reset_queue_limit(queue), "queue");
  }
}

TEST_CASE("a queue is read with its limits") {
  for (const auto& what : {retrieve_queue(by_id), pause_queue(by_id), resume_queue(by_id),
                           override_queue_limit(by_id, 1), override_queue_percent(by_id, 1), reset_queue_limit(by_id)})
    hold_reader(what.value(), {queue_row, queue_needs});
  const auto view = value_of(retrieve_queue(by_id).value(), queue_row);
  CHECK(view.id == "queue_1a2b3c");
  CHECK(view.name == "hello-queue");
  CHECK(view.type == "custom");
  CHECK(view.version == "V2");
  CHECK(view.running == 1);
  CHECK(view.queued == 2);
  CHECK_FALSE(view.paused);
  CHECK(view.limit == 7u);
  CHECK(view.base_limit == 10u);
  CHECK(view.override_limit == 7u);
  CHECK(view.override_percent == 12.5);
  CHECK(view.overridden.has_value());
  CHECK(view.overridden_by == "Alice");
  const auto plain = value_of(
      retrieve_queue(by_id).value(),
      R"({"id":"q","name":"n","type":"NEW","running":"3","queued":0,"paused":true,"concurrencyLimit":null,)"
      R"("concurrency":{"current":null,"base":null,"override":null,"overriddenBy":null,"overriddenAt":null}})");
  CHECK(plain.paused);
  CHECK(plain.running == 3);
  CHECK(plain.type == "NEW");
  CHECK_FALSE(plain.limit.has_value());
  CHECK_FALSE(plain.override_limit.has_value());
  CHECK_FALSE(plain.overridden.has_value());
}
