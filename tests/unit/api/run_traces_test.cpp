#include "api/run_traces.hpp"

#include "api/run_results.hpp"
#include "unit/api/family_bench.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

const std::string tree =
    R"({"trace":{"traceId":"trace1","rootSpan":{"id":"a","runId":"run_1","data":{"message":"send-email",)"
    R"("taskSlug":"send","startTime":"2026-01-15T10:00:00.000Z","duration":43725999936,"isError":true,)"
    R"("isPartial":false,"isCancelled":true,"level":"TRACE","events":[1]},"children":[)"
    R"({"id":"b","parentId":"a","data":{"message":"one"},"children":[{"id":"c","data":{},"children":[]}]},)"
    R"({"id":"d","data":{"isPartial":true}}]}}})";
const std::string spans =
    R"({"data":[{"id":"span1","parentId":"p","runId":"run_1","message":"m","startTime":"2026-01-15T10:00:00.000Z",)"
    R"("duration":1,"isError":true,"isPartial":true,"isCancelled":true,"level":"INFO","attemptNumber":2}],)"
    R"("attemptFailures":[{"spanId":"span1","attemptNumber":2,"runId":"run_1"}],)"
    R"("pagination":{"next":"cur","truncated":true}})";

}  // namespace

TEST_CASE("the events of a run are read with nanoseconds from text or number") {
  const std::string body =
      R"({"events":[{"spanId":"s","parentId":"p","runId":"run_1","message":"m","style":{"icon":"x"},"events":[],)"
      R"("startTime":"1795486472992000000","duration":43725999936,"isError":true,"isPartial":true,"isCancelled":true,)"
      R"("kind":"INTERNAL","attemptNumber":1,"level":"TRACE"}]})";
  const auto what = retrieve_run_events("run_1");
  CHECK(line_of("GET", what.what) == "/api/v1/runs/run_1/events");
  hold_reader(what, {body, {{"/events", form::list}, {"/events/0", form::object}, {"/events/0/spanId", form::text}}});
  CHECK(value_of(what, R"({"events":[]})").empty());
  const auto event = value_of(what, body).at(0);
  CHECK(event.span == "s");
  CHECK(event.parent == "p");
  CHECK(event.run == "run_1");
  CHECK(event.message == "m");
  CHECK(event.kind == "INTERNAL");
  CHECK(event.level == "TRACE");
  CHECK(event.style == R"({"icon":"x"})");
  CHECK(event.start_ns == 1'795'486'472'992'000'000);
  CHECK(event.duration_ns == 43'725'999'936);
  CHECK(event.attempt == 1);
  CHECK(event.error);
  CHECK(event.partial);
  CHECK(event.cancelled);
}

TEST_CASE("a trace is read as its spans, each before what is below it") {
  const auto what = retrieve_run_trace("run_1");
  CHECK(line_of("GET", what.what) == "/api/v1/runs/run_1/trace");
  hold_reader(what, {tree,
                     {{"/trace", form::object},
                      {"/trace/traceId", form::text},
                      {"/trace/rootSpan", form::object},
                      {"/trace/rootSpan/id", form::text},
                      {"/trace/rootSpan/data", form::object},
                      {"/trace/rootSpan/children/0", form::object},
                      {"/trace/rootSpan/children/0/id", form::text},
                      {"/trace/rootSpan/children/0/data", form::object},
                      {"/trace/rootSpan/children/0/children/0", form::object},
                      {"/trace/rootSpan/children/0/children/0/id", form::text},
                      {"/trace/rootSpan/children/0/children/0/data", form::object},
                      {"/trace/rootSpan/children/1", form::object},
                      {"/trace/rootSpan/children/1/id", form::text},
                      {"/trace/rootSpan/children/1/data", form::object}}});
  const auto trace = value_of(what, tree);
  CHECK(trace.id == "trace1");
  REQUIRE(trace.spans.size() == 4);
  std::string order;
  std::vector<std::size_t> depths;
  for (const auto& span : trace.spans) {
    order += span.id;
    depths.push_back(span.depth);
  }
  CHECK(order == "abcd");
  CHECK(depths == std::vector<std::size_t>{0, 1, 2, 1});
  const auto& root = trace.spans[0];
  CHECK(root.message == "send-email");
  CHECK(root.task == "send");
  CHECK(root.level == "TRACE");
  CHECK(root.events == "[1]");
  CHECK(root.start == instant(milliseconds(1'768'471'200'000)));
  CHECK(root.duration == 43'725'999'936.0);
  CHECK(root.error);
  CHECK(root.cancelled);
  CHECK_FALSE(root.partial);
  CHECK(trace.spans[1].parent == "a");
  CHECK(trace.spans[3].partial);
}

TEST_CASE("a trace as deep as a server likes needs no stack of ours") {
  std::string body = R"({"trace":{"traceId":"t","rootSpan":)";
  for (int i = 0; i < 20'000; ++i) body += R"({"id":"s","data":{},"children":[)";
  for (int i = 0; i < 20'000; ++i) body += "]}";
  body += "}}";
  CHECK(value_of(retrieve_run_trace("r"), body).spans.size() == 20'000);
}

TEST_CASE("a page of a trace is asked for by size and cursor") {
  CHECK(line_of("GET", list_run_spans("run_1", 100, "cur").what) ==
        "/api/v1/runs/run_1/trace?page%5Bsize%5D=100&page%5Bafter%5D=cur");
  CHECK(list_run_spans("run_1", 0).what.path == "/api/v1/runs/run_1/trace?page%5Bsize%5D=500");
  hold_reader(list_run_spans("r", 1), {spans,
                                       {{"/data", form::list},
                                        {"/data/0", form::object},
                                        {"/data/0/id", form::text},
                                        {"/attemptFailures/0/spanId", form::text}}});
  const auto page = value_of(list_run_spans("r", 1), spans);
  CHECK(page.next == "cur");
  CHECK(page.truncated);
  CHECK(page.spans.at(0).id == "span1");
  CHECK(page.spans.at(0).parent == "p");
  CHECK(page.spans.at(0).attempt == 2);
  CHECK(page.failures.at(0).span == "span1");
  CHECK(page.failures.at(0).attempt == 2);
  CHECK(page.failures.at(0).run == "run_1");
  CHECK_FALSE(reads(list_run_spans("r", 1), tree));  // an older server has no pages
}

TEST_CASE("one span is read with its properties") {
  const std::string body =
      R"({"spanId":"span1","parentId":null,"runId":"run_1","message":"m","isError":true,"isPartial":false,)"
      R"("isCancelled":false,"level":"TRACE","startTime":"2026-01-15T10:00:00.000Z","durationMs":1.5,)"
      R"("properties":{"a":1},"events":[],"entityType":"task","triggeredRuns":[{"id":"run_2"}]})";
  const auto what = retrieve_run_span("run_1", "abcdef0123456789");
  CHECK(line_of("GET", what.what) == "/api/v1/runs/run_1/spans/abcdef0123456789");
  hold_reader(what, {body, {{"/spanId", form::text}}});
  const auto span = value_of(what, body);
  CHECK(span.id == "span1");
  CHECK(span.parent.empty());
  CHECK(span.run == "run_1");
  CHECK(span.entity_type == "task");
  CHECK(span.duration_ms == 1.5);
  CHECK(span.start.has_value());
  CHECK(span.error);
  CHECK(span.properties == R"({"a":1})");
  CHECK(span.triggered_runs == R"([{"id":"run_2"}])");
}

TEST_CASE("the result of a run is read, and its absence told apart") {
  const std::string body = R"({"ok":true,"id":"run_1","taskIdentifier":"send","output":"{\"json\":{\"sent\":true}}",)"
                           R"("outputType":"application/super+json","error":{"type":"BUILT_IN_ERROR"}})";
  const auto what = retrieve_run_result("run_1");
  CHECK(line_of("GET", what.what) == "/api/v1/runs/run_1/result");
  hold_reader(what, {body, {{"/id", form::text}, {"/ok", form::flag}}});
  const auto got = value_of(what, body);
  CHECK(got.ok);
  CHECK(got.run == "run_1");
  CHECK(got.task == "send");
  CHECK(got.output == R"({"json":{"sent":true}})");
  CHECK(got.output_type == "application/super+json");
  CHECK(got.error == R"({"type":"BUILT_IN_ERROR"})");
  CHECK(has_no_result(classify(what.what, wire::reply(404, R"({"error":"no"})"), noon).value()));
  CHECK_FALSE(has_no_result(classify(what.what, wire::reply(500, "{}"), noon).value()));
}

TEST_CASE("the results of a batch are read, none on the current engine") {
  const auto what = retrieve_batch_results("batch_1");
  CHECK(line_of("GET", what.what) == "/api/v1/batches/batch_1/results");
  hold_reader(what, {R"({"id":"batch_1","items":[{"ok":false,"id":"run_1"}]})",
                     {{"/id", form::text},
                      {"/items", form::list},
                      {"/items/0", form::object},
                      {"/items/0/id", form::text},
                      {"/items/0/ok", form::flag}}});
  CHECK(value_of(what, R"({"id":"batch_1","items":[]})").items.empty());
  CHECK_FALSE(value_of(what, R"({"id":"batch_1","items":[{"ok":false,"id":"run_1"}]})").items.at(0).ok);
}
