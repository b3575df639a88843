#include "api/sessions.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "unit/api/reader_bench.hpp"
#include "unit/api/recording.hpp"

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

namespace {

session_draft draft() {
  session_draft what;
  what.type = "chat.support";
  what.external_id = "chat-1";
  what.task = "support-chat";
  return what;
}

template <class T>
void check_refused(const result<T>& made) {
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == api::codes::bad_argument);
}

const session_channel chat_in{"chat-1", channel_side::in};
const session_channel chat_out{"chat-1", channel_side::out};

}  // namespace

TEST_CASE("a session is started with what its runs are triggered with") {
  auto what = draft();
  check_request(start_session(what).value().what, "sessions.start-closed-session-409");
  what.trigger.base_payload = R"({"chatId":"chat-1"})";
  what.trigger.machine = "small-1x";
  what.trigger.tags = {"a"};
  what.trigger.max_attempts = 2;
  what.tags = {"t"};
  what.metadata = R"({"user":1})";
  what.expires = text::parse_iso("2027-01-01T00:00:00.000Z");
  const auto start = start_session(what).value();
  check_request(start.what, "sessions.start-full");
  CHECK(start.what.secret_reply);
  CHECK(start.what.repeatable());
  const auto started = start.read(answer_of("sessions.start-full")).value();
  CHECK(started.session.id == "session_4vv5ww6xx");
  CHECK(started.run == "run_9zk1aa2bb3cc4dd5ee6ff7gg8");
  CHECK((started.token->expose().substr(0, 3) == "eyJ"));
  CHECK_FALSE(started.cached);
  CHECK_FALSE(started.pending_version);
}

TEST_CASE("everything that can be said about a session's runs is sent") {
  auto what = draft();
  what.external_id.clear();
  auto& of = what.trigger;
  of.queue = "q";
  of.concurrency_key = "k";
  of.concurrency = "3";
  of.max_duration = seconds(60);
  of.lock_to_version = "v1";
  of.external_deployment_id = "d1";
  of.region = "eu";
  of.idle_timeout = seconds(30);
  of.ttl = milliseconds(60'000);
  const auto sent = start_session(what).value().what;
  CHECK(json::parse(*sent.body).at("triggerConfig") ==
        json::parse(R"({"basePayload":{},"queue":"q","concurrencyKey":"k","concurrency":3,"maxDuration":60,)"
                    R"("lockToVersion":"v1","externalDeploymentId":"d1","region":"eu","idleTimeoutInSeconds":30,)"
                    R"("ttl":"60s"})"));
  CHECK_FALSE(sent.repeatable());  // every call makes another session
}

TEST_CASE("what the server would refuse of a session is refused here") {
  const auto refused = [](auto change) {
    auto what = draft();
    change(what);
    check_refused(start_session(what));
  };
  refused([](session_draft& d) { d.type.clear(); });
  refused([](session_draft& d) { d.type = std::string(65, 't'); });
  refused([](session_draft& d) { d.task.clear(); });
  refused([](session_draft& d) { d.task = std::string(129, 't'); });
  refused([](session_draft& d) { d.external_id = "session_1"; });
  refused([](session_draft& d) { d.external_id = " chat"; });
  refused([](session_draft& d) { d.external_id = std::string(257, 'x'); });
  refused([](session_draft& d) { d.tags.assign(11, "t"); });
  refused([](session_draft& d) { d.metadata = "[]"; });
  refused([](session_draft& d) { d.metadata = "{"; });
  refused([](session_draft& d) { d.metadata = R"({"a":")" + std::string(33'000, 'x') + "\"}"; });
  refused([](session_draft& d) { d.trigger.base_payload = "5"; });
  refused([](session_draft& d) { d.trigger.base_payload.clear(); });
  refused([](session_draft& d) { d.trigger.concurrency = "{"; });
  refused([](session_draft& d) { d.trigger.tags = {""}; });
  refused([](session_draft& d) { d.trigger.queue = std::string(129, 'q'); });
  refused([](session_draft& d) { d.trigger.max_attempts = 0; });
  refused([](session_draft& d) { d.trigger.max_attempts = 11; });
  refused([](session_draft& d) { d.trigger.max_duration = seconds(0); });
  refused([](session_draft& d) { d.trigger.idle_timeout = seconds(3'601); });
  refused([](session_draft& d) { d.trigger.ttl = milliseconds(0); });
}

TEST_CASE("a started session is read or refused whole") {
  const auto start = start_session(draft()).value();
  hold_reader(start,
              {R"({"id":"session_1","type":"chat","taskIdentifier":"t","runId":"run_1","isCached":true,)"
               R"("publicAccessToken":"a.b.c","pendingVersion":true})",
               {{"/id", form::text}, {"/type", form::text}, {"/taskIdentifier", form::text}, {"/runId", form::text}}});
  const auto waiting =
      start
          .read(response(200, R"({"id":"s","type":"c","taskIdentifier":"t","runId":"r","isCached":true,)"
                              R"("pendingVersion":"20260115.1"})"))
          .value();
  CHECK(waiting.cached);
  CHECK(waiting.pending_version);
  CHECK(waiting.token == nullptr);
}

TEST_CASE("sessions are listed with every filter in the SDK's order") {
  session_filter which;
  which.type = "chat.support";
  which.tag = {"a", "b"};
  which.task = {"support-chat"};
  which.external_id = {"chat-1"};
  which.status = {session_status::active, session_status::closed};
  which.period = "7d";
  which.from = instant(milliseconds(1'767'225'600'000));
  which.to = text::parse_iso("2026-02-01T00:00:00.000Z");
  which.page_size = 10;
  which.after = "session_c";
  const auto what = list_sessions(which);
  check_request(what.what, "sessions.list-filters");
  const auto page = what.read(answer_of("sessions.list-filters")).value();
  REQUIRE(page.sessions.size() == 1);
  CHECK(page.sessions[0].external_id == "chat-1");
  CHECK(page.next.empty());
  CHECK(list_sessions({}).what.path == "/api/v1/sessions");
  hold_reader(what,
              {R"({"data":[{"id":"s","type":"c","taskIdentifier":"t"}],"pagination":{"next":"n","previous":"p"}})",
               {{"/data", form::list},
                {"/data/0/id", form::text},
                {"/data/0/type", form::text},
                {"/data/0/taskIdentifier", form::text}}});
  const auto both = what.read(response(200, R"({"data":[],"pagination":{"next":"n","previous":"p"}})")).value();
  CHECK(both.next == "n");
  CHECK(both.previous == "p");
}

TEST_CASE("a session is found by either id, and read with all it says") {
  check_request(retrieve_session("chat/1 a").what, "sessions.retrieve-external-id");
  const auto view = retrieve_session("s").read(answer_of("sessions.close-with-reason")).value();
  CHECK(view.id == "session_4vv5ww6xx");
  CHECK(view.type == "chat.support");
  CHECK(view.task == "support-chat");
  CHECK(view.trigger_config == R"({"basePayload":{"chatId":"chat-1"}})");
  CHECK(view.current_run == "run_9zk1aa2bb3cc4dd5ee6ff7gg8");
  CHECK(view.metadata.empty());
  CHECK(view.closed_reason == "done");
  CHECK(view.closed == text::parse_iso("2026-01-15T10:00:05.000Z"));
  CHECK(view.created == text::parse_iso("2026-01-15T10:00:00.000Z"));
  CHECK(view.updated == view.closed);
  CHECK_FALSE(view.expires.has_value());
}

TEST_CASE("a session is closed, else expired, else active") {
  session_view view;
  CHECK(view.status(noon) == session_status::active);
  view.expires = noon + milliseconds(1);
  CHECK(view.status(noon) == session_status::active);
  view.expires = noon;
  CHECK(view.status(noon) == session_status::expired);
  view.closed = noon;
  CHECK(view.status(noon) == session_status::closed);
}

TEST_CASE("a session is changed in what is named alone") {
  session_change what;
  what.tags = {"x"};
  what.metadata = "null";
  check_request(update_session("session_4vv5ww6xx", what).value().what, "sessions.update-tags-metadata");
  CHECK(*update_session("s", {}).value().what.body == "{}");
  what.metadata = "5";
  check_refused(update_session("s", what));
  what.metadata = "{}";
  what.tags = {""};
  check_refused(update_session("s", what));
  what.tags.reset();
  what.external_id = "session_x";
  check_refused(update_session("s", what));
}

TEST_CASE("closing says why, or nothing at all") {
  check_request(close_session("chat-1").value().what, "sessions.close-no-body-argument");
  check_request(close_session("session_4vv5ww6xx", "done").value().what, "sessions.close-with-reason");
  CHECK(*close_session("s", {}, "run_1").value().what.body == R"({"callingRunId":"run_1"})");
  check_refused(close_session("s", std::string(257, 'r')));
}

TEST_CASE("a session goes on in a new run") {
  const auto what = end_and_continue("chat-1", "run_9zk1aa2bb3cc4dd5ee6ff7gg8", "upgrade").value();
  check_request(what.what, "sessions.endAndContinue-basic");
  CHECK_FALSE(what.what.repeatable());
  const auto on = what.read(answer_of("sessions.endAndContinue-basic")).value();
  CHECK(on.run == "run_next00000000000000000001");
  CHECK(on.swapped);
  hold_reader(what, {R"({"runId":"r","swapped":true,"pendingVersion":false})", {{"/runId", form::text}}});
  check_refused(end_and_continue("s", "", "upgrade"));
  check_refused(end_and_continue("s", "run_1", ""));
  check_refused(end_and_continue("s", "run_1", std::string(65, 'r')));
}

TEST_CASE("snapshots travel by addresses in the store") {
  check_request(snapshot_upload("session_4vv5ww6xx").what, "sessions.snapshot-upload-url");
  check_request(snapshot_download("session_4vv5ww6xx").what, "sessions.snapshot-download-url");
  CHECK(snapshot_upload("s").what.secret_reply);
  CHECK(snapshot_download("s").read(answer_of("sessions.snapshot-download-url")).value().url ==
        "http://127.0.0.1:48110/__store/snap?X-Sig=abc");
}

TEST_CASE("a transcript is read page by page") {
  const auto what = session_messages("chat-1", 50, "cur");
  check_request(what.what, "sessions.transcript-page");
  CHECK(what.read(answer_of("sessions.transcript-page")).value().last_out_event == "4");
  CHECK(session_messages("s").what.path == "/api/v1/sessions/s/transcript");
  const auto page = what.read(response(200, R"({"messages":[{"a":1},null],"nextCursor":"n"})")).value();
  CHECK(page.messages == std::vector<std::string>{R"({"a":1})", "null"});
  CHECK(page.next == "n");
  hold_reader(what, {R"({"messages":[],"cursors":{"lastOutEventId":"4","lastInEventId":"2"},"nextCursor":"n"})",
                     {{"/messages", form::list}}});
}

TEST_CASE("a channel is opened with access to its storage, which is kept secret") {
  const auto what = open_channel(chat_out);
  check_request(what.what, "sessions.initialize-out");
  const auto storage = what.read(answer_of("sessions.initialize-out")).value();
  CHECK(storage.version == "v2");
  CHECK(storage.basin == "basin-1");
  CHECK(storage.stream == "stream-1");
  CHECK((storage.access_token->expose() == "s2tok"));
  CHECK(what.read(response(202, R"({"version":"v2"})")).value().access_token == nullptr);
  hold_reader(what, {R"({"version":"v2"})", {{"/version", form::text}}});
}

TEST_CASE("records are appended as they stand, each under its part id") {
  check_request(append_record(chat_in, R"({"type":"user-message","text":"hello"})", "p1").value().what,
                "sessions.in.send-object");
  check_request(append_record(chat_in, "raw text", "p1").value().what, "sessions.in.send-string");
  const auto named = append_record({"chat-1", channel_side::in, "side.a"}, R"({"n":1})", "p1").value();
  check_request(named.what, "sessions.in.send-named-channel");
  CHECK(named.what.headers == std::vector<std::pair<std::string, std::string>>{{"x-part-id", "p1"}});
  CHECK(named.what.content_type == "application/json");
  CHECK(append_record(chat_in, "x", "p1").value().what.repeatable());
  CHECK(named.read(answer_of("sessions.in.send-named-channel")).value().seq == 7u);
  CHECK_FALSE(named.read(response(200, R"({"ok":true})")).value().seq.has_value());
  CHECK(named.read(response(200, R"({"ok":false,"error":"closed"})")).error().code == api::codes::unreadable);
  check_refused(append_record(chat_in, "x", ""));
  check_refused(append_record(chat_in, "x", "a\nb"));
  check_refused(append_record(chat_in, std::string(limits::channel_record + 1, 'x'), "p1"));
  CHECK(append_record(chat_in, std::string(limits::channel_record, 'x'), "p1").has_value());
}

TEST_CASE("a channel is drained from the beginning or after a record") {
  const auto what = drain_channel(chat_in);
  check_request(what.what, "sessions.records-in-all");
  check_request(drain_channel(chat_out, "42").what, "sessions.records-out-after");
  const auto records = what.read(answer_of("sessions.records-in-all")).value();
  REQUIRE(records.size() == 2);
  CHECK(records[0].data == R"({"text":"hi","type":"text"})");
  CHECK(records[0].part == "part-1");
  CHECK(records[0].position == "5");
  CHECK(records[1].control == "turn-complete");
  CHECK(records[1].data.empty());
  hold_reader(what, {R"({"records":[{"data":1,"id":"p","seqNum":5,"headers":[["a","b"]]}]})",
                     {{"/records", form::list}, {"/records/0/seqNum", form::count}}});
}

TEST_CASE("a subscription says where it begins and how long it lasts") {
  stream_request how;
  how.timeout = seconds(30);
  check_request(subscribe_channel(chat_out, how).value(), "sessions.out.read-data-and-control");
  stream_request resumed;
  resumed.last_event_id = "42";
  check_request(subscribe_channel({"session_4vv5ww6xx", channel_side::out}, resumed).value(),
                "sessions.out.read-resume");
  stream_request latest;
  latest.peek_settled = true;
  latest.from_latest = true;
  const auto call = subscribe_channel({"chat-1", channel_side::in, "side"}, latest).value();
  CHECK(call.path == "/realtime/v1/sessions/chat-1/channels/side/in");
  CHECK(call.headers == std::vector<std::pair<std::string, std::string>>{{"accept", "text/event-stream"},
                                                                         {"x-peek-settled", "1"},
                                                                         {"x-trigger-stream-start", "latest"}});
  latest.last_event_id = "1";
  check_refused(subscribe_channel(chat_out, latest));
  for (const auto bad : {0, -1, 601}) {
    how.timeout = seconds(bad);
    check_refused(subscribe_channel(chat_out, how));
  }
  how.timeout = seconds(600);
  CHECK(subscribe_channel(chat_out, how).has_value());
  how.last_event_id = "a\r\nb";
  check_refused(subscribe_channel(chat_out, how));
}
