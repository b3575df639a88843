// Triggering: every option, every kind of payload, idempotency keys, and what is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AuthenticationError,
  BadRequestError,
  idempotencyKeys,
  runs,
  tasks,
  UnprocessableEntityError,
} from "@trigger.dev/sdk";
import { client, CRM_PROD_KEY, ended, reaches, refused, UNKNOWN_RUN } from "./house.mjs";

test("a trigger gives a handle whose run ends", async () => {
  const handle = await tasks.trigger("hello", { to: "a@example.test" });
  assert.match(handle.id, /^run_/);
  assert.equal(handle.isCached, false);
  const run = await ended(handle);
  assert.equal(run.taskIdentifier, "hello");
  assert.equal(run.status, "COMPLETED");
  assert.deepEqual(run.payload, { to: "a@example.test" });
  assert.ok(run.isSuccess && run.isCompleted && run.createdAt instanceof Date && run.finishedAt instanceof Date);
});

test("every option is taken and read back", async () => {
  const handle = await tasks.trigger(
    "hello",
    { n: 1 },
    {
      delay: "1h",
      ttl: "2h",
      tags: ["b", "a"],
      queue: "reports",
      concurrencyKey: "tenant-1",
      concurrencyLimits: ["gpu", "mail"],
      machine: "small-2x",
      maxAttempts: 3,
      maxDuration: 60,
      priority: 5,
      region: "elsewhere",
      metadata: { source: "sdk" },
      idempotencyKey: "every-option",
      idempotencyKeyTTL: "1h",
    },
  );
  const run = await runs.retrieve(handle);
  assert.equal(run.status, "DELAYED");
  assert.deepEqual(run.tags, ["a", "b"]);
  assert.deepEqual(run.metadata, { source: "sdk" });
  assert.equal(run.ttl, "2h");
  assert.equal(run.region, "elsewhere");
  assert.ok(Math.abs(run.delayedUntil.getTime() - Date.now() - 3_600_000) < 60_000);
  await runs.cancel(handle.id);
});

test("a delay is a span or a date", async () => {
  for (const delay of ["30m", new Date(Date.now() + 1_800_000)]) {
    const run = await runs.retrieve(await tasks.trigger("hello", {}, { delay }));
    assert.equal(run.status, "DELAYED");
    assert.ok(Math.abs(run.delayedUntil.getTime() - Date.now() - 1_800_000) < 60_000);
    await runs.cancel(run.id);
  }
});

test("a time to live in seconds reads back as text", async () => {
  const run = await runs.retrieve(await tasks.trigger("hello", {}, { ttl: 600, delay: "1h" }));
  assert.equal(run.ttl, "10m");
});

test("a version that was deployed is kept, with its tasks", async () => {
  const run = await ended(await tasks.trigger("hello", {}, { version: "20261124.1" }));
  assert.equal(run.version, "20261124.1");
});

test("a debounced trigger keeps the run", async () => {
  const again = () => tasks.trigger("hello", {}, { debounce: { key: "typing", delay: "5s" } });
  assert.equal((await again()).id, (await again()).id);
});

// What the server decodes is plain JSON: a date is text again, what JSON does not know is gone.
const date = new Date("2026-01-02T03:04:05.678Z");
const payloads = [
  ["an object", { a: { b: [1, "two", null] } }],
  ["a list", [1, 2, 3]],
  ["a string", "hello"],
  ["a number", 42.5],
  ["true", true],
  ["false", false],
  ["null", null],
  ["a date", { at: date }, { at: date.toISOString() }],
  ["a bigint", { big: 12345678901234567890n }, { big: "12345678901234567890" }],
  ["one unset field among others", { kept: 1, unset: undefined }, { kept: 1 }],
  ["other scripts", { text: "übergrößenträger 漢字 🚀" }],
];
for (const [name, payload, decoded = payload] of payloads)
  test(`a payload that is ${name}`, async () => {
    const run = await runs.retrieve(await tasks.trigger("hello", payload));
    assert.deepEqual(run.payload, decoded);
  });

test("no payload at all", async () => {
  const run = await runs.retrieve(await tasks.trigger("hello", undefined));
  assert.equal(run.payload, undefined);
});

test("an idempotency key of one's own finds the first run, per task", async () => {
  const key = await idempotencyKeys.create("order-1", { scope: "global" });
  const first = await tasks.trigger("hello", { n: 1 }, { idempotencyKey: key });
  const second = await tasks.trigger("hello", { n: 2 }, { idempotencyKey: key });
  assert.equal(second.id, first.id);
  assert.equal(first.isCached, false);
  assert.equal(second.isCached, true);
  const other = await tasks.trigger("rehearse", { n: 1 }, { idempotencyKey: key });
  assert.notEqual(other.id, first.id);
  const run = await ended(first);
  assert.equal(run.idempotencyKey, "order-1");
});

test("created keys and raw ones of the same words are the same outside of a run", async () => {
  const created = await idempotencyKeys.create("order-2");
  const first = await tasks.trigger("hello", {}, { idempotencyKey: created });
  const raw = await tasks.trigger("hello", {}, { idempotencyKey: "order-2" });
  assert.equal(raw.id, first.id);
});

test("a key of several words", async () => {
  const first = await tasks.trigger("hello", {}, { idempotencyKey: ["tenant", "7"] });
  const again = await tasks.trigger("hello", {}, { idempotencyKey: ["tenant", "7"] });
  assert.equal(again.id, first.id);
});

test("a key that was reset is free again", async () => {
  const key = await idempotencyKeys.create("order-3", { scope: "global" });
  const first = await tasks.trigger("hello", {}, { idempotencyKey: key });
  const reset = await idempotencyKeys.reset("hello", key);
  assert.ok(reset.id);
  const second = await tasks.trigger("hello", {}, { idempotencyKey: key });
  assert.notEqual(second.id, first.id);
});

test("a key is reset by the words it was made of", async () => {
  const first = await tasks.trigger(
    "hello",
    {},
    { idempotencyKey: await idempotencyKeys.create("order-4", { scope: "global" }) },
  );
  await idempotencyKeys.reset("hello", "order-4", { scope: "global" });
  const second = await tasks.trigger(
    "hello",
    {},
    { idempotencyKey: await idempotencyKeys.create("order-4", { scope: "global" }) },
  );
  assert.notEqual(second.id, first.id);
});

test("a failed run gives its key back", async () => {
  const trigger = () => tasks.trigger("rehearse", { behaviour: "fail" }, { idempotencyKey: "fails" });
  const first = await trigger();
  assert.equal((await ended(first)).status, "FAILED");
  assert.notEqual((await trigger()).id, first.id);
});

test("a task that nobody deployed waits for its version", async () => {
  const handle = await tasks.trigger("a/task nobody deployed", {});
  const run = await reaches(handle, "PENDING_VERSION");
  assert.equal(run.taskIdentifier, "a/task nobody deployed");
});

test("what the server refuses has the SDK's classes", async () => {
  await refused(
    tasks.trigger("hello", {}, { tags: Array.from({ length: 11 }, (_, i) => `t${i}`) }),
    UnprocessableEntityError,
  );
  await refused(tasks.trigger("hello", {}, { tags: ["x".repeat(129)] }), BadRequestError);
  await refused(tasks.trigger("hello", {}, { region: "nowhere" }), UnprocessableEntityError);
  await refused(
    client("tr_prod_nobodysKeyInvented000001").tasks.trigger("hello", {}),
    AuthenticationError,
    /Invalid API key/,
  );
});

test("a key of another project sees nothing of this run", async () => {
  const handle = await tasks.trigger("hello", {});
  await assert.rejects(client(CRM_PROD_KEY).runs.retrieve(handle.id), { name: "TriggerApiError", status: 404 });
  await assert.rejects(runs.retrieve(UNKNOWN_RUN), { name: "TriggerApiError", status: 404 });
});
