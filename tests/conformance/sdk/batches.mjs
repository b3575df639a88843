// Batches: of one task and of several, as lists and as streams, and what became of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { batch, BatchTriggerError, runs, tasks } from "@trigger.dev/sdk";
import { core, ended, refused, until } from "./house.mjs";

const done = (id) =>
  until(async () => {
    const seen = await batch.retrieve(id);
    return seen.status === "COMPLETED" && seen;
  }, "COMPLETED");

test("a batch of one task", async () => {
  const handle = await tasks.batchTrigger("hello", [
    { payload: { n: 0 } },
    { payload: { n: 1 }, options: { tags: ["second"], metadata: { of: "two" } } },
  ]);
  assert.match(handle.batchId, /^batch_/);
  assert.equal(handle.runCount, 2);
  const seen = await done(handle.batchId);
  assert.equal(seen.runCount, 2);
  assert.equal(seen.runs.length, 2);
  const read = await Promise.all(seen.runs.map((run) => ended(run)));
  assert.deepEqual(read.map((run) => run.payload.n).sort(), [0, 1]);
  const second = read.find((run) => run.payload.n === 1);
  assert.deepEqual([second.tags, second.metadata, second.batchId], [["second"], { of: "two" }, handle.batchId]);
});

test("a batch of several tasks, every option of an item", async () => {
  const handle = await batch.trigger([
    { id: "hello", payload: "text" },
    { id: "rehearse", payload: { behaviour: "fail" }, options: { maxAttempts: 1 } },
    {
      id: "hello",
      payload: undefined,
      options: {
        delay: "1h",
        ttl: 600,
        queue: "reports",
        concurrencyKey: "k",
        machine: "micro",
        priority: 2,
        maxDuration: 30,
      },
    },
  ]);
  const seen = await until(async () => {
    const now = await batch.retrieve(handle.batchId);
    return now.runs.length === 3 && now;
  }, "made");
  const read = await Promise.all(seen.runs.map((run) => runs.retrieve(run)));
  assert.deepEqual(read.map((run) => run.taskIdentifier).sort(), ["hello", "hello", "rehearse"]);
  const delayed = read.find((run) => run.status === "DELAYED");
  assert.equal(delayed.ttl, "10m");
  await runs.cancel(delayed.id);
  assert.equal((await ended(read.find((run) => run.taskIdentifier === "rehearse"))).status, "FAILED");
});

test("items that come as a stream", async () => {
  async function* items() {
    for (let n = 0; n < 25; n += 1) yield { payload: { n } };
  }
  const handle = await tasks.batchTrigger("hello", items());
  assert.equal(handle.runCount, 25);
  assert.equal((await done(handle.batchId)).runs.length, 25);
});

test("an item whose key is known is the run of before", async () => {
  const first = await tasks.trigger("hello", {}, { idempotencyKey: "item-key" });
  const handle = await tasks.batchTrigger("hello", [
    { payload: {}, options: { idempotencyKey: "item-key" } },
    { payload: {} },
  ]);
  const seen = await done(handle.batchId);
  assert.equal(seen.runs.length, 2);
  assert.ok(seen.runs.includes(first.id));
});

test("an item too large for the wire goes through the object store", async () => {
  const text = "x".repeat(200_000);
  const handle = await tasks.batchTrigger("hello", [{ payload: { text } }]);
  const [id] = (await done(handle.batchId)).runs;
  assert.equal((await runs.retrieve(id)).payload.text, text);
});

test("a batch whose key was taken is refused", async () => {
  const once = () => tasks.batchTrigger("hello", [{ payload: {} }], { idempotencyKey: "batch-key" });
  await once();
  await refused(once(), BatchTriggerError, /already been created/);
});

test("a batch that is never sealed says what is missing", async () => {
  const api = core();
  const made = await api.createBatch({ runCount: 2 });
  const items = [
    { index: 0, task: "hello", payload: '{"json":{}}', options: { payloadType: "application/super+json" } },
  ];
  await assert.rejects(api.streamBatchItems(made.id, items, { retry: { maxAttempts: 1 } }), {
    name: "BatchNotSealedError",
    enqueuedCount: 1,
    expectedCount: 2,
  });
});

test("a batch in a single request", async () => {
  const made = await core().batchTriggerV3({
    items: [
      { task: "hello", payload: { n: 1 } },
      { task: "hello", payload: { n: 2 } },
    ],
  });
  assert.equal(made.runCount, 2);
  assert.equal((await done(made.id)).runs.length, 2);
});

test("results of a batch are nobody's: the server keeps none", async () => {
  const handle = await tasks.batchTrigger("hello", [{ payload: {} }]);
  await done(handle.batchId);
  assert.deepEqual((await core().getBatchResults(handle.batchId)).items, []);
});

test("an unknown batch", async () => {
  await assert.rejects(batch.retrieve("batch_unknown"), { status: 404 });
});
