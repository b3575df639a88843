// Replies as a daemon gives them; each is checked against the interface, so a view cannot be tested on fiction.
#pragma once

#include "base/text.hpp"
#include "commands/interface.hpp"
#include "ctl/screen.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace triggerd::test {

using nlohmann::json;

inline instant now() { return *text::parse_iso("2026-11-24T12:00:00Z"); }

inline ctl::screen paper() {
  ctl::screen out;
  out.now = now();
  return out;
}

inline ctl::screen terminal(std::size_t width, std::size_t height = 24) {
  ctl::screen out = paper();
  out.width = width;
  out.height = height;
  return out;
}

inline json reply_of(const std::string& method, const std::string& text) {
  json out = json::parse(text);
  out["schema_version"] = commands::schema_version;
  const auto& table = commands::control_interface();
  const auto* asked = table.find_method(method);
  REQUIRE(asked != nullptr);
  const auto fits = control::check(table, asked->reply, out);
  REQUIRE_MESSAGE(fits.has_value(), (fits ? "" : fits.error().message + " " + fits.error().peer));
  return out;
}

inline json calm_status() {
  return reply_of("Status", R"({
    "version": "0.1.0", "pid": 4711, "started": "2026-11-21T08:00:00.000Z", "now": "2026-11-24T12:00:00.000Z",
    "state": "running", "trouble": [],
    "targets": {"ok": 12, "parked": 0, "unproved": 0, "paused": 0, "disabled": 1},
    "fires": {"running": 0, "queued": 0, "unknown": 0},
    "next": {"job": "nightly-report", "at": "2026-11-25T01:15:00.000Z"},
    "reload": {"verdict": "applied", "at": "2026-11-24T10:00:00.000Z", "hash": "9f86d081884c7d659a2f"},
    "ledger": {"writable": true, "commits": 12345, "queued": 0, "last_commit_us": 230},
    "memory_bytes": 44040192})");
}

inline json troubled_status() {
  return reply_of("Status", R"({
    "version": "0.1.0", "pid": 4711, "started": "2026-11-24T11:59:00.000Z", "now": "2026-11-24T12:00:00.000Z",
    "state": "disk",
    "trouble": [
      {"what": "the ledger cannot be written: no space left on device", "since": "2026-11-24T11:58:30.000Z",
       "next": "tries again in 5s; nothing is sent until then"},
      {"what": "target shop-prod is parked: 401", "since": "2026-11-24T09:00:00.000Z", "next": "proof again in 55s"},
      {"what": "fire 01abc has 2 unknown actions", "next": "triggerctl resolve"}],
    "targets": {"ok": 10, "parked": 1, "unproved": 2, "paused": 0, "disabled": 0},
    "fires": {"running": 2, "queued": 1, "unknown": 1},
    "ledger": {"writable": false, "commits": 3, "queued": 17, "last_commit_us": 900, "trouble": "no space left on device"},
    "memory_bytes": 900})");
}

inline json one_fire(const std::string& state = "unknown") {
  json out = json::parse(R"({
    "id": "01kb0000000000000000000000", "job": "import-orders", "kind": "batch", "cause": "manual", "by": "uid 1000",
    "due": "2026-11-24T11:50:00.000Z", "created": "2026-11-24T11:50:00.000Z", "ended": "2026-11-24T11:55:30.000Z",
    "state": "unknown", "note": "one chunk was never confirmed",
    "legs": [
      {"target": "shop-prod", "state": "unknown", "attempt": 2, "planned": true, "actions": 1000, "done": 997, "failed": 2,
       "unknown": 1, "items": 1000000, "rejected": 3, "requests": 2100, "retries": 14,
       "started": "2026-11-24T11:50:00.000Z", "ended": "2026-11-24T11:55:30.000Z"},
      {"target": "crm-prod", "state": "done", "attempt": 1, "planned": true, "actions": 4, "done": 4, "failed": 0,
       "unknown": 0, "items": 0, "rejected": 0, "requests": 8, "retries": 0,
       "started": "2026-11-24T11:50:00.000Z", "ended": "2026-11-24T11:50:12.000Z"}]})");
  out["state"] = state;
  return out;
}

}  // namespace triggerd::test
