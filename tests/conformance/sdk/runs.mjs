// Runs: how they end, cancelling, replaying, rescheduling, tags, metadata, traces and bulk actions.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequestError, NotFoundError, runs, tasks, UnprocessableEntityError } from "@trigger.dev/sdk";
import { ApiSchemaValidationError } from "@trigger.dev/core/v3";
import { all, core, ended, POLLING, reaches, refused, UNKNOWN_RUN, until } from "./house.mjs";

const hold = (options) => tasks.trigger("rehearse", { behaviour: "hold" }, options);

for (const [behaviour, status, flags] of [
  ["ok", "COMPLETED", { isSuccess: true, isFailed: false }],
  ["fail", "FAILED", { isSuccess: false, isFailed: true }],
  ["crash", "CRASHED", { isSuccess: false, isFailed: true }],
])
  test(`a run that ends ${status}`, async () => {
    const run = await ended(await tasks.trigger("rehearse", { behaviour }));
    assert.equal(run.status, status);
    assert.deepEqual({ isSuccess: run.isSuccess, isFailed: run.isFailed }, flags);
    assert.equal(run.error === undefined, run.isSuccess);
    if (run.error) assert.equal(typeof run.error.message, "string");
  });

test("a run that takes too long counts as none of the SDK's ends", async () => {
  const run = await reaches(await tasks.trigger("rehearse", { behaviour: "maxduration" }), "TIMED_OUT");
  assert.deepEqual([run.isCompleted, run.isFailed, run.isSuccess], [false, false, false]);
});

test("cancelling ends a delayed and an executing run", async () => {
  const delayed = await tasks.trigger("hello", {}, { delay: "1h" });
  assert.equal((await runs.cancel(delayed.id)).id, delayed.id);
  assert.equal((await reaches(delayed, "CANCELED")).isCancelled, true);
  const held = await hold();
  await reaches(held, "EXECUTING");
  await runs.cancel(held.id);
  await reaches(held, "CANCELED");
  await refused(runs.cancel(UNKNOWN_RUN), NotFoundError);
});

test("a replay is a new run with the payload and the tags of its original", async () => {
  const first = await ended(await tasks.trigger("hello", { n: 7 }, { tags: ["replayed"] }));
  const made = await runs.replay(first.id);
  assert.notEqual(made.id, first.id);
  const run = await ended(made.id);
  assert.deepEqual([run.payload, run.tags], [{ n: 7 }, ["replayed"]]);
});

test("a replay with changes", async () => {
  const first = await ended(await tasks.trigger("hello", { n: 7 }));
  const made = await runs.replay(first.id, {
    payload: { at: new Date("2026-01-01T00:00:00.000Z") },
    metadata: { source: "replay" },
    tags: ["changed"],
    machine: "large-1x",
    delay: "10m",
    queue: "reports",
    concurrencyKey: "c",
    region: "elsewhere",
    ttl: 3600,
    idempotencyKey: "replay-key",
    idempotencyKeyTTL: "1h",
    maxAttempts: 2,
    maxDuration: 30,
    priority: 3,
  });
  const run = await runs.retrieve(made.id);
  assert.equal(run.status, "DELAYED");
  assert.deepEqual(
    [run.payload, run.metadata, run.tags],
    [{ at: "2026-01-01T00:00:00.000Z" }, { source: "replay" }, ["changed"]],
  );
  assert.equal(run.region, "elsewhere");
  assert.equal((await runs.replay(first.id, { idempotencyKey: "replay-key" })).id, made.id);
  await refused(runs.replay(UNKNOWN_RUN), NotFoundError);
});

test("a delayed run is moved, another is not", async () => {
  const delayed = await tasks.trigger("hello", {}, { delay: "1h" });
  const moved = await runs.reschedule(delayed.id, { delay: new Date(Date.now() + 7_200_000) });
  assert.ok(moved.delayedUntil.getTime() - Date.now() > 7_000_000);
  assert.equal((await runs.reschedule(delayed.id, { delay: "30m" })).status, "DELAYED");
  await runs.cancel(delayed.id);
  await refused(runs.reschedule(delayed.id, { delay: "30m" }), BadRequestError);
});

test("tags are added", async () => {
  const handle = await tasks.trigger("hello", {}, { tags: ["one"] });
  const said = await core().addTags(handle.id, { tags: ["two", "three"] });
  assert.match(said.message, /2 new tags/);
  assert.deepEqual((await runs.retrieve(handle)).tags, ["one", "three", "two"]);
  await refused(
    core().addTags(handle.id, { tags: Array.from({ length: 9 }, (_, i) => `more-${i}`) }),
    UnprocessableEntityError,
  );
});

test("metadata is written", async () => {
  const handle = await hold({ metadata: { count: 1 } });
  const api = core();
  await api.updateRunMetadata(handle.id, { metadata: { count: 2 } });
  await api.updateRunMetadata(handle.id, { operations: [{ type: "increment", key: "count", value: 3 }] });
  assert.deepEqual((await runs.retrieve(handle)).metadata, { count: 5 });
  await runs.cancel(handle.id);
});

test("metadata is read back as text, which the SDK's own schema rejects", async () => {
  const handle = await tasks.trigger("hello", {}, { metadata: { count: 1 } });
  // The server sends {"metadata":"{\"count\":1}"}; the SDK expects an object there.
  await assert.rejects(core().getRunMetadata(handle.id), ApiSchemaValidationError);
});

test("a run's result is none: the server says 404, for finished ones as well", async () => {
  const handle = await hold();
  assert.equal(await core().getRunResult(handle.id), undefined);
  await runs.cancel(handle.id);
  const run = await ended(await tasks.trigger("hello", {}));
  assert.equal(await core().getRunResult(run.id), undefined);
});

test("the trace of a run, as a tree, by pages, and a span of it", async () => {
  const run = await ended(await tasks.trigger("hello", {}));
  const api = core();
  const { trace } = await api.retrieveRunTrace(run.id);
  assert.equal(trace.rootSpan.runId, run.id);
  const page = await api.retrieveRunTracePage(run.id, { limit: 100 });
  assert.ok(page.data.length > 0);
  const span = await api.retrieveSpan(run.id, trace.rootSpan.id);
  assert.equal(span.runId, run.id);
  assert.ok(Array.isArray((await api.listRunEvents(run.id)).events));
});

// --- bulk actions ---

test("many runs are cancelled at once", async () => {
  const handles = await Promise.all(
    [1, 2, 3].map(() => tasks.trigger("hello", {}, { delay: "1h", tags: ["unwanted"] })),
  );
  await until(async () => (await runs.list({ tag: "unwanted" })).data.length === 3, "listed");
  const made = await runs.bulk.cancel({ runIds: handles.map((handle) => handle.id), name: "cancel three" });
  const seen = await runs.bulk.poll(made.id, POLLING);
  assert.deepEqual([seen.status, seen.type, seen.name, seen.counts.total], ["COMPLETED", "CANCEL", "cancel three", 3]);
  for (const handle of handles) await reaches(handle, "CANCELED");
});

test("many runs are replayed by a filter, and found by the action", async () => {
  const handles = await Promise.all(
    [1, 2].map(() => tasks.trigger("rehearse", { behaviour: "fail" }, { tags: ["again"] })),
  );
  await Promise.all(handles.map((handle) => ended(handle)));
  await until(async () => (await runs.list({ tag: "again", status: "FAILED" })).data.length === 2, "listed");
  const made = await runs.bulk.replay({ filter: { tag: "again", status: "FAILED" } });
  const seen = await runs.bulk.poll(made.id, POLLING);
  assert.deepEqual(
    [seen.status, seen.type, seen.counts],
    ["COMPLETED", "REPLAY", { total: 2, success: 2, failure: 0 }],
  );
  await until(async () => (await runs.list({ bulkAction: made.id })).data.length === 2, "listed");
});

test("bulk actions are listed, read and aborted", async () => {
  const handle = await tasks.trigger("hello", {}, { delay: "1h" });
  const made = await runs.bulk.cancel({ runIds: [handle.id] });
  assert.equal((await runs.bulk.abort(made.id)).id, made.id);
  assert.equal((await runs.bulk.retrieve(made.id)).status, "ABORTED");
  const ids = (await all(runs.bulk.list({ limit: 1 }))).map((action) => action.id);
  assert.equal(ids[0], made.id);
  assert.equal(new Set(ids).size, ids.length);
  await refused(runs.bulk.retrieve("bulk_unknown"), NotFoundError);
});
