#include "api/packets.hpp"
#include "base/limits.hpp"
#include "unit/api/reader_bench.hpp"
#include "unit/api/recording.hpp"

#include <algorithm>

using namespace triggerd;
using namespace triggerd::api;
using namespace triggerd::api::test;

TEST_CASE("payloads go to the store from the SDK's threshold on") {
  CHECK_FALSE(belongs_in_store(limits::inline_payload - 1));
  CHECK(belongs_in_store(131'072));
}

TEST_CASE("a packet's filename is random, and says what kind of text it is") {
  seeded_random random(7);
  const auto name = packet_filename("application/super+json", random);
  CHECK(name.starts_with("trigger/packet_"));
  CHECK(name.ends_with("/payload.json"));
  const auto id = name.substr(15, name.size() - 15 - 13);
  CHECK(id.size() == 21);
  CHECK(std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); }));
  CHECK(packet_filename("text/plain", random).ends_with("/payload.txt"));
  CHECK(packet_filename("text/plain", random) != packet_filename("text/plain", random));
}

TEST_CASE("a place for a packet is asked for under its whole encoded name") {
  const auto what = put_packet("trigger/packet_abc/payload.json");
  check_request(what.what, "packets-upload-url");
  CHECK(what.what.secret_reply);
  const auto place = what.read(answer_of("packets-upload-url")).value();
  CHECK(place.upload.url == "http://127.0.0.1:48110/__store/put/packet-1?X-Sig=abc");
  CHECK(place.storage_path == "s3://trigger/packet_fixed/payload.json");
  CHECK(put_packet_v1("a/b.json").what.path == "/api/v1/packets/a%2Fb.json");
  CHECK(put_packet_v1("a/b.json").what.endpoint->method == "PUT");
}

TEST_CASE("packets are read by their storage path, those of a run also by the run") {
  check_request(get_packet("s3://trigger/packet_abc/payload.json").what, "packets-download-url");
  check_request(get_run_packet("run_9zk1aa2bb3cc4dd5ee6ff7gg8", packet_field::output).what, "packets-run-packet-url");
  check_request(get_run_packet("run_9zk1aa2bb3cc4dd5ee6ff7gg8", packet_field::payload).what,
                "packets-run-packet-url-fallback");
  check_request(get_packet("s3://x/y.json").what, "packets-run-packet-url-fallback", 1);
  const auto found = get_packet("p").read(answer_of("packets-run-packet-url-fallback", 1)).value();
  CHECK(found.url == "http://127.0.0.1:48110/__store/get/packet-1?X-Sig=abc");
}

TEST_CASE("an address in the store is absolute, or the reply is unreadable") {
  hold_reader(get_packet("p"), {R"({"presignedUrl":"https://store/p?X-Sig=1"})", {{"/presignedUrl", form::text}}});
  for (const auto* url : {"/p", "file:///etc/passwd", "store/p", "httpx://a", "https://a\\nb"}) {
    const std::string shown = url;
    CAPTURE(shown);
    const bool read = reads(get_packet("p"), std::string(R"({"presignedUrl":")") + url + "\"}");
    CHECK_FALSE(read);
  }
  const auto place = response(200, R"({"presignedUrl":"https://store/p"})");
  CHECK(put_packet("p").read(place).error().code == api::codes::unreadable);
}

TEST_CASE("the store gets the bytes and their type, and nothing of ours") {
  const auto bytes = body_of("{\"json\":1}");
  const auto up = upload({"https://store/p?X-Sig=1"}, "application/super+json", bytes);
  CHECK(up.method == "PUT");
  CHECK(up.url == "https://store/p?X-Sig=1");
  CHECK(up.content_type == "application/super+json");
  CHECK(up.body == bytes);
  const auto down = download({"https://store/p"});
  CHECK(down.method == "GET");
  CHECK(down.content_type.empty());
  CHECK(down.body == nullptr);
}
