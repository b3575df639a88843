#include "site.hpp"

#include <doctest/doctest.h>

namespace triggerd::sandbox::test {

namespace {

const header_list by_host = {{"host", "sandbox.test:4040"}};

// The target of a presigned URL, as its host sees it.
std::string target_of(const std::string& url) {
  const std::string origin = "http://sandbox.test:4040";
  REQUIRE(url.starts_with(origin + "/object-store/"));
  return url.substr(origin.size());
}

std::string url_in(const answered& from) {
  REQUIRE_MESSAGE(from.status == 200, from.text);
  return target_of(from.body.at("presignedUrl"));
}

answered upload(site& at, const std::string& name, const std::string& bytes, const std::string& type) {
  const answered got = at.send(at.make("PUT", "/api/v2/packets/" + name, "", prod_key, by_host));
  return at.send(at.make("PUT", url_in(got), bytes, nullptr, {{"content-type", type}}));
}

}  // namespace

TEST_SUITE("packets") {
  TEST_CASE("a packet goes up and down through addresses of the host that was asked, without a credential") {
    site at;
    const answered address =
        at.send(at.make("PUT", "/api/v2/packets/trigger%2Fpacket_a%2Fpayload.json", "", prod_key, by_host));
    CHECK(address.body.at("storagePath") == "trigger/packet_a/payload.json");
    CHECK_FALSE(address.header("x-ratelimit-limit"));
    const std::string up = url_in(address);
    CHECK(up.find("X-Amz-Expires=300") != std::string::npos);
    CHECK(at.send(at.make("PUT", up, "bytes\0of mine", nullptr, {{"content-type", "text/plain"}})).status == 200);
    // slashes may stay as they are
    const answered down = at.get("/api/v1/packets/trigger/packet_a/payload.json", prod_key, by_host);
    const answered got = at.send(at.make("GET", url_in(down), "", nullptr));
    CHECK(got.status == 200);
    CHECK(got.text == "bytes\0of mine");
    CHECK(got.header("content-type") == "text/plain");
  }

  TEST_CASE("the scheme is the forwarded one, and without a host the address is the world's") {
    site at;
    header_list forwarded = by_host;
    forwarded.emplace_back("x-forwarded-proto", "https");
    const std::string secure = at.get("/api/v1/packets/a", prod_key, forwarded).body.at("presignedUrl");
    CHECK(secure.starts_with("https://sandbox.test:4040/"));
    const std::string own = at.get("/api/v1/packets/a").body.at("presignedUrl");
    CHECK(own.starts_with("http://127.0.0.1:4040/object-store/"));
  }

  TEST_CASE("an address is good for 300 seconds, one method and one object") {
    site at;
    CHECK(upload(at, "a", "x", "text/plain").status == 200);
    const std::string down = url_in(at.get("/api/v1/packets/a", prod_key, by_host));
    at.pass(milliseconds(299'000));
    CHECK(at.send(at.make("GET", down, "", nullptr)).status == 200);
    CHECK(at.send(at.make("PUT", down, "y", nullptr)).status == 403);
    std::string other = down;
    other.replace(other.find("/a?"), 3, "/b?");
    CHECK(at.send(at.make("GET", other, "", nullptr)).status == 403);
    CHECK(at.send(at.make("GET", "/object-store/a", "", nullptr)).status == 403);
    at.pass(seconds(1));
    const answered late = at.send(at.make("GET", down, "", nullptr));
    CHECK(late.status == 403);
    CHECK(late.text.find("expired") != std::string::npos);
    const answered missing =
        at.send(at.make("GET", url_in(at.get("/api/v1/packets/b", prod_key, by_host)), "", nullptr));
    CHECK(missing.status == 404);
  }

  TEST_CASE("environments do not see each other's objects, and names cannot leave their folder") {
    site at;
    CHECK(upload(at, "a", "x", "text/plain").status == 200);
    const std::string elsewhere = url_in(at.get("/api/v1/packets/a", staging_key, by_host));
    CHECK(at.send(at.make("GET", elsewhere, "", nullptr)).status == 404);
    CHECK(at.get("/api/v1/packets/..%2Fx").status == 400);
    CHECK(at.get("/api/v1/packets/%2Fx").status == 400);
    CHECK(at.put("/api/v2/packets/..%2Fx", json::object()).status == 400);
  }

  TEST_CASE("who may: full keys put, any key and token of the environment gets, users do neither") {
    site at;
    CHECK(at.get("/api/v1/packets/a", user_token).error() == "Invalid API key");
    CHECK(at.get("/api/v1/packets/a", narrow_key).status == 200);
    CHECK(at.put("/api/v2/packets/a", json::object(), narrow_key).status == 401);
    CHECK(at.put("/api/v1/packets/a", json::object(), user_token).status == 401);
    const answered first_form = at.put("/api/v1/packets/a", json::object());
    CHECK(first_form.status == 200);
    CHECK_FALSE(first_form.body.contains("storagePath"));
  }

  TEST_CASE("a large payload moves to the store, and so does the output that repeats it") {
    site at;
    const json payload = {{"text", std::string(600'000, 'x')}};
    const std::string id = at.post("/api/v1/tasks/hello/trigger", {{"payload", payload}}).id();
    at.pass(seconds(5));
    const answered shown = at.get("/api/v3/runs/" + id, prod_key, by_host);
    CHECK_FALSE(shown.body.contains("payload"));
    CHECK_FALSE(shown.body.contains("output"));
    const answered bytes = at.send(at.make("GET", target_of(shown.body.at("payloadPresignedUrl")), "", nullptr));
    CHECK(bytes.body == payload);
    CHECK(bytes.header("content-type") == "application/json");
    const answered output = at.send(at.make("GET", target_of(shown.body.at("outputPresignedUrl")), "", nullptr));
    CHECK(output.body.at("echo") == payload);
    for (const char* which : {"payload", "output"}) {
      const answered address = at.get("/api/v1/runs/" + id + "/packets/" + which, prod_key, by_host);
      CHECK(at.send(at.make("GET", url_in(address), "", nullptr)).status == 200);
    }
    CHECK(at.get("/api/v1/runs/" + id + "/packets/metadata").status == 400);
    // a replay has the same payload
    const std::string again = at.post("/api/v1/runs/" + id + "/replay", json::object()).id();
    const answered replayed = at.get("/api/v3/runs/" + again, prod_key, by_host);
    CHECK(at.send(at.make("GET", target_of(replayed.body.at("payloadPresignedUrl")), "", nullptr)).body == payload);
  }

  TEST_CASE("a payload that the caller put into the store is read from there") {
    site at;
    REQUIRE(upload(at, "trigger%2Fp%2Fpayload.json", R"({"json":{"a":1}})", "application/super+json").status == 200);
    const json stored = {{"payload", "trigger/p/payload.json"}, {"options", {{"payloadType", "application/store"}}}};
    const std::string id = at.post("/api/v1/tasks/hello/trigger", stored).id();
    at.pass(seconds(5));
    const answered shown = at.get("/api/v3/runs/" + id, prod_key, by_host);
    CHECK(at.send(at.make("GET", target_of(shown.body.at("payloadPresignedUrl")), "", nullptr)).text ==
          R"({"json":{"a":1}})");
    CHECK(shown.body.at("output") == json({{"echo", {{"json", {{"a", 1}}}}}}));
    CHECK(at.get("/api/v1/runs/" + id + "/packets/output").error() == "Packet not found");  // it is small
    const json nowhere = {{"payload", ""}, {"options", {{"payloadType", "application/store"}}}};
    CHECK(at.post("/api/v1/tasks/hello/trigger", nowhere).status == 400);
  }
}

}  // namespace triggerd::sandbox::test
