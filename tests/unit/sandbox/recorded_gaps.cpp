#include "recorded.hpp"

namespace triggerd::sandbox::test {

namespace {

constexpr std::string_view prod = "tr_prod_LocalProdKey000000000001";
constexpr std::string_view other_prod = "tr_prod_OtherProdKey000000000001";
constexpr std::string_view batches = "/api/v3/batches";
constexpr std::string_view hello = "/api/v1/tasks/hello-world/trigger";
constexpr std::string_view variables = "/api/v1/projects/proj_localaaaaaaaaaaaaaaa/envvars/prod";
constexpr std::string_view bulk_actions = "/api/v1/bulk-actions";
constexpr std::string_view preview = "tr_preview_LocalPreviewKey00001";
constexpr std::string_view schedules = "/api/v1/schedules";
constexpr std::string_view deployments = "/api/v1/deployments";
constexpr std::string_view tokens = "/api/v1/waitpoints/tokens";
constexpr std::string_view empty_dev = "tr_dev_EmptyDevKey0000000000001";
constexpr std::string_view no_retry = "/api/v1/tasks/no-retry/trigger";

}  // namespace

const std::vector<gap>& gaps() {
  static const std::vector<gap> all = {
      {"049", "POST", hello, prod, R"({"payload":{"name":"Ada"}})", "run_cmwu2n5y40009577due4iynvv"},
      {"055", "POST", hello, prod, R"({"payload":{"a":1},"options":{"idempotencyKey":"idem-hdr-1"}})"},
      {"074", "POST", hello, prod, R"({"payload":"just text"})", "run_cmwu2n6h2000w577drposoz6t"},
      {"076", "POST", hello, prod,
       R"({"payload":"{\"json\":{\"d\":\"2026-01-01T00:00:00.000Z\"},\"meta\":{\"values\":{\"d\":[\"Date\"]}}}","options":{"payloadType":"application/super+json"}})",
       "run_cmwu2n6k60012577de9gug1g5"},
      {"088", "POST", hello, prod, R"({"payload":{},"options":{"delay":"2030-01-01T00:00:00.000Z"}})",
       "run_cmwu2n6sa001i577dnjrgag8g"},
      {"100", "POST", hello, prod, R"({"payload":{},"options":{"queue":{"name":"no-such-queue"}}})",
       "run_cmwu2n7500021577dktz09de9"},
      {"106", "POST", hello, prod, R"({"payload":{},"options":{"parentRunId":"run_doesnotexist"}})",
       "run_cmwu2n7ic0027577da2unxkqi"},
      {"115", "POST", hello, prod,
       R"({"payload":"packets/does/not/exist.json","options":{"payloadType":"application/store"}})",
       "run_cmwu2n7s4002i577dhistu417"},
      {"124", "POST", hello, preview, R"({"payload":{}})", "run_cmwu2n7zl002w577dpydqc33h", "/id", "feature/login",
       milliseconds(50), 2},
      {"131", "POST", no_retry, prod, R"({"payload":{"behaviour":"fail","message":"boom2"}})",
       "run_cmwu2n8520036577deh5j4dog"},
      {"136", "POST", no_retry, prod, R"({"payload":{"behaviour":"maxduration"}})", "run_cmwu2n87b003c577dp1kfk2pw"},
      {"139", "POST", hello, prod, R"({"payload":{"behaviour":"hold"}})", "run_cmwu2n8a7003i577dghkb6kfy"},
      {"205", "POST", "/api/v1/idempotencyKeys/idem-1/reset", prod, R"({"taskIdentifier":"hello-world"})"},
      {"250", "POST", batches, prod, R"({"runCount":3})", "batch_cmwu2rslc005b577dr6z78heo"},
      {"265", "POST", batches, prod, R"({"runCount":1})", "batch_cmwu2rw16005t577dfywga3ep"},
      {"274", "POST", batches, prod, R"({"runCount":2})", "batch_cmwu2rwji0061577d8nai4lvv"},
      {"277", "POST", batches, prod, R"({"runCount":1})", "batch_cmwu2rykd006c577d11stiugs"},
      {"280", "POST", batches, prod, R"({"runCount":1,"idempotencyKey":"batch-idem-1"})"},
      {"292", "POST", batches, preview, R"({"runCount":1})", "batch_cmwu2rz4x006h577dkqnf34pz", "/id", "feature/login"},
      {"313", "POST", variables, prod, R"({"name":"HIDDEN","value":"x","isSecret":true})"},
      {"319", "POST", variables, prod, R"({"name":"BAD NAME","value":"x"})"},
      {"322", "POST", variables, prod, R"({"name":"MULTI","value":"a\nb"})"},
      {"391", "POST", schedules, prod,
       R"({"task":"nightly-report","cron":"30 4 * * *","deduplicationKey":"nightly-1"})"},
      {"400", "POST", schedules, prod, R"({"task":"nightly-report","cron":"0 3 * * *","deduplicationKey":"x7"})",
       "sched_nywvpvcd9pmjk2djg64hq"},
      {"418", "PUT", "/api/v1/schedules/sched_doesnotexist", prod, R"({"task":"nightly-report","cron":"15 6 * * 1"})",
       "sched_ot4zygxpdwdagaub7k5bu"},
      {"421", "POST", "/api/v1/schedules/sched_9omn3m9r9kbepwrsr8bod/deactivate", prod, ""},
      {"424", "POST", "/api/v1/schedules/sched_9omn3m9r9kbepwrsr8bod/activate", prod, ""},
      {"427", "GET", schedules, prod, "", "sched_hv4o6wcjbopgk1ipv65vh", "/data/5/id"},
      {"430", "DELETE", "/api/v1/schedules/sched_hv4o6wcjbopgk1ipv65vh", prod, ""},
      {"433", "DELETE", "/api/v1/schedules/sched_ep3dc68p6v7avzjvm1ai6", prod, ""},
      {"445", "POST", batches, prod, R"({"runCount":2})", "batch_cmwu2xk4y0008sm7daoja7728"},
      {"448", "GET", "/api/v2/batches/batch_cmwu2xk4y0008sm7daoja7728", prod, "", "run_cmwu2xkf8000bsm7d8yphdkir",
       "/runs/1"},
      {"454", "GET", "/api/v1/queues/child-task?type=task", prod, "", "queue_n6gabvm62z98gi8fqgubq"},
      {"472", "POST", "/api/v1/queues/shared-queue/concurrency/override", prod,
       R"({"type":"custom","concurrencyLimit":7})"},
      {"490", "POST", tokens, prod, "{}", "waitpoint_cmwu2xobp000ism7dyi9ci2ud"},
      {"502", "POST", "/api/v1/waitpoints/tokens/waitpoint_cmwu2xo9v000gsm7dxt7f2fgh/complete", prod,
       R"({"data":{"ok":true}})"},
      {"532", "GET", "/api/v1/errors", prod, "", "error_9bc6a6c4117536d5", "/data/0/id"},
      {"557", "POST", bulk_actions, prod, R"({"action":"cancel","filter":{"status":"DELAYED"}})",
       "bulk_cmwu2xq74000qsm7ds36yb19v"},
      {"562", "POST", hello, prod, R"({"payload":{}})", "run_cmwu2z0uq000vsm7djqcnc9q0", "/id", "",
       milliseconds(1'554)},
      {"568", "GET", "/api/v1/whoami", empty_dev, "", "", "/id", "", milliseconds(50), 749},
      {"592", "POST", batches, other_prod, R"({"runCount":1})", "batch_cmwu31wbb00odsm7d5mm4vfqp"},
      {"611", "POST", deployments, prod, R"({"contentHash":"h2"})", "deployment_det5o6gn4igxj17bycvyh", "/id", "",
       milliseconds(500)},
      {"611", "POST", "/api/v1/deployments/deployment_det5o6gn4igxj17bycvyh/finalize", prod, "{}"},
      {"619", "POST", deployments, prod, R"({"contentHash":"h4"})", "deployment_hy2iw1qy3jqc92wb3khh3"},
      {"649", "POST", batches, other_prod, R"({"runCount":1})", "batch_cmwu34ptk00pusm7dfwq7ey9z"},
      {"673", "POST", bulk_actions, prod, R"({"action":"cancel","filter":{"tag":"bulkme"}})",
       "bulk_cmwu34xej00q4sm7dckzilmd4", "/id", "", milliseconds(4'000)},
      {"716", "GET", "/api/v2/batches/batch_cmwu2rwji0061577d8nai4lvv", prod, "", "run_cmwu2sreo0073577ddjob7x8c",
       "/runs/1"},
      {"718", "POST", batches, prod, R"({"runCount":1})", "batch_cmwu3dcvf00139t7ddgrj7m23"},
      {"719", "GET", "/api/v2/batches/batch_cmwu3dcvf00139t7ddgrj7m23", prod, "", "run_cmwu3dcxy00149t7dbroh8mzc",
       "/runs/0"},
      {"721", "POST", hello, prod, R"({"payload":{"behaviour":"hold"}})", "run_cmwu3f1v5001a9t7d7bno12ta", "/id", "",
       milliseconds(4'088)},
      {"910", "GET", "/api/v1/runs?filter%5BbulkAction%5D=bulk_cmwu6dyvp00299t7d3ll2b55z", prod, "",
       "run_cmwu6dzgx002d9t7dgrlszkyh", "/data/0/id"},
  };
  return all;
}

}  // namespace triggerd::sandbox::test
