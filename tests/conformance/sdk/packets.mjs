// What is too large for a request goes through the object store, in both directions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runs, tasks } from "@trigger.dev/sdk";
import { core, ended } from "./house.mjs";

const large = { text: "x".repeat(600_000), at: new Date("2026-01-02T03:04:05.678Z"), big: 12345678901234567890n };

test("a large payload is stored, and comes back as what it was", async () => {
  const run = await ended(await tasks.trigger("hello", large));
  assert.deepEqual(run.payload, large);
  assert.ok(run.payloadPresignedUrl);
  assert.ok(run.output !== undefined);
});

test("a run's packets have addresses of their own", async () => {
  const run = await ended(await tasks.trigger("hello", large));
  const { presignedUrl } = await core().getRunPacketUrl(run.id, "payload", "unused");
  const answer = await fetch(presignedUrl);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /super\+json/);
  assert.equal(JSON.parse(await answer.text()).json.text, large.text);
});

test("a packet is put and fetched by name", async () => {
  const api = core();
  const { presignedUrl, storagePath } = await api.createUploadPayloadUrl("trigger/packet_mine/payload.json");
  const put = await fetch(presignedUrl, {
    method: "PUT",
    body: '{"json":{"a":1}}',
    headers: { "content-type": "application/super+json" },
  });
  assert.equal(put.status, 200);
  const read = await fetch((await api.getPayloadUrl(storagePath ?? "trigger/packet_mine/payload.json")).presignedUrl);
  assert.deepEqual(await read.json(), { json: { a: 1 } });
});

test("payloads about the size that is offloaded", async () => {
  for (const size of [131_071 - 30, 131_072, 140_000]) {
    const text = "y".repeat(size);
    assert.equal((await runs.retrieve(await tasks.trigger("hello", { text }))).payload.text, text);
  }
});
