// Watching: one run, the runs of a tag and of a batch, and what runs stream.
import assert from "node:assert/strict";
import { test } from "node:test";
import { auth, batch, runs, streams, tasks } from "@trigger.dev/sdk";
import { by, core, ended, reaches } from "./house.mjs";

const TIMEOUT = { timeout: 60_000 };

// Looks at updates until one is wanted, and unsubscribes.
async function first(subscription, wanted) {
  const seen = [];
  let met = false;
  for await (const run of subscription) {
    seen.push(run);
    met = wanted(run);
    if (met) break;
  }
  subscription.unsubscribe();
  assert.ok(met, "the subscription ended before that");
  return seen;
}

test("a run is watched to its end, and then no more", TIMEOUT, async () => {
  const handle = await tasks.trigger("steady", { n: 1 }, { tags: ["watched"], metadata: { of: "mine" } });
  const seen = [];
  for await (const run of runs.subscribeToRun(handle.id)) seen.push(run);
  const last = seen.at(-1);
  assert.ok(seen.length >= 2, `${seen.length} updates`);
  assert.deepEqual([last.id, last.status, last.isSuccess], [handle.id, "COMPLETED", true]);
  assert.deepEqual([last.payload, last.tags, last.metadata], [{ n: 1 }, ["watched"], { of: "mine" }]);
  assert.ok(last.finishedAt instanceof Date && last.output !== undefined);
});

test("a run that ended is told at once", TIMEOUT, async () => {
  const run = await ended(await tasks.trigger("hello", {}));
  const seen = [];
  for await (const update of runs.subscribeToRun(run.id)) seen.push(update);
  assert.deepEqual(
    seen.map((update) => update.status),
    ["COMPLETED"],
  );
});

test("dates and bigints of a payload arrive as what they were", TIMEOUT, async () => {
  const payload = { at: new Date("2026-01-02T03:04:05.678Z"), big: 12345678901234567890n };
  const handle = await tasks.trigger("hello", payload);
  const seen = await first(runs.subscribeToRun(handle.id), (run) => run.isCompleted);
  assert.deepEqual(seen.at(-1).payload, payload);
});

test("columns that are skipped are not there", TIMEOUT, async () => {
  const handle = await tasks.trigger("hello", { secret: "not this" });
  const seen = await first(
    runs.subscribeToRun(handle.id, { skipColumns: ["payload", "output"] }),
    (run) => run.isCompleted,
  );
  assert.deepEqual([seen.at(-1).payload, seen.at(-1).output], [undefined, undefined]);
});

test("a change of metadata is told", TIMEOUT, async () => {
  const handle = await tasks.trigger("rehearse", { behaviour: "hold" });
  await reaches(handle, "EXECUTING");
  const watching = first(runs.subscribeToRun(handle.id), (run) => run.metadata?.progress === 0.5);
  await core().updateRunMetadata(handle.id, { metadata: { progress: 0.5 } });
  await watching;
  await runs.cancel(handle.id);
});

test("runs with a tag are watched, those to come as well", TIMEOUT, async () => {
  const subscription = runs.subscribeToRunsWithTag("crowd");
  const before = await tasks.trigger("hello", { n: 1 }, { tags: ["crowd"] });
  const finished = new Set();
  let later;
  await first(subscription, (run) => {
    later ??= tasks.trigger("hello", { n: 2 }, { tags: ["crowd"] });
    if (run.status === "COMPLETED") finished.add(run.id);
    return finished.size === 2;
  });
  assert.deepEqual([...finished].sort(), [before.id, (await later).id].sort());
});

test("the runs of a batch are watched", TIMEOUT, async () => {
  const handle = await tasks.batchTrigger("hello", [
    { payload: { n: 1 } },
    { payload: { n: 2 } },
    { payload: { n: 3 } },
  ]);
  const finished = new Set();
  await first(runs.subscribeToBatch(handle.batchId), (run) => {
    if (run.status === "COMPLETED") finished.add(run.id);
    return finished.size === 3;
  });
  assert.equal((await batch.retrieve(handle.batchId)).runs.length, 3);
});

test("a run's own public token watches it, and no other", TIMEOUT, async () => {
  const [handle, other] = [await tasks.trigger("hello", {}), await tasks.trigger("hello", {})];
  await auth.withAuth(by(handle.publicAccessToken), () =>
    first(runs.subscribeToRun(handle.id), (run) => run.isCompleted),
  );
  // A refused subscription is silent but for this.
  const error = await new Promise((resolve) =>
    core(handle.publicAccessToken).subscribeToRun(other.id, { onFetchError: resolve }),
  );
  assert.equal(error.status, 403);
});

// --- streams of runs ---

// The SDK's own streams.append() writes inside of runs alone, and nothing at all elsewhere.
const append = (handle, parts) =>
  parts.reduce(
    (before, part) => before.then(() => core().appendToStream(handle.id, "self", "words", part)),
    Promise.resolve(),
  );

async function take(count, stream) {
  const seen = [];
  for await (const part of await stream) {
    seen.push(part);
    if (seen.length === count) break;
  }
  return seen;
}

async function held(use) {
  const handle = await tasks.trigger("rehearse", { behaviour: "hold" });
  await reaches(handle, "EXECUTING");
  await use(handle);
  await runs.cancel(handle.id);
}

test("what is appended to a run's stream is read in its order", TIMEOUT, () =>
  held(async (handle) => {
    await append(handle, ["one", "two"]);
    const reading = take(3, streams.read(handle.id, "words", { timeoutInSeconds: 20 }));
    await append(handle, ["three"]);
    assert.deepEqual(await reading, ["one", "two", "three"]);
    assert.deepEqual(await take(1, runs.fetchStream(handle.id, "words")), ["one"]);
  }),
);

test("a stream of the newer kind is read from a place", TIMEOUT, () =>
  held(async (handle) => {
    const made = await core().createStream(handle.id, "self", "words");
    assert.equal(made.version, "v2");
    await append(handle, ["one", "two", "three"]);
    assert.deepEqual(await take(1, streams.read(handle.id, "words", { startIndex: 2, timeoutInSeconds: 20 })), [
      "three",
    ]);
  }),
);

test("a stream into a run takes what is sent", TIMEOUT, () =>
  held(async (handle) => {
    await streams.input({ id: "approvals" }).send(handle.id, { ok: true });
    await assert.rejects(streams.input({ id: "approvals" }).send("run_cunknownunknownunknown1", {}), { status: 404 });
  }),
);
