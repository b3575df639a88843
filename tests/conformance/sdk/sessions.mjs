// Sessions: from their start to their close, and what goes in and comes out of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { auth, ConflictError, NotFoundError, PermissionDeniedError, runs, sessions } from "@trigger.dev/sdk";
import { all, by, core, refused, until } from "./house.mjs";

const TIMEOUT = { timeout: 60_000 };

let count = 0;
const start = (more = {}) =>
  sessions.start({
    type: "chat.agent",
    externalId: `chat-${(count += 1)}`,
    taskIdentifier: "hello",
    triggerConfig: { basePayload: { hello: "there" } },
    ...more,
  });

test("a session starts with a run, and the same name finds it", async () => {
  const more = {
    externalId: "named",
    tags: ["vip"],
    metadata: { plan: "pro" },
    expiresAt: new Date(Date.now() + 3_600_000),
  };
  const made = await start(more);
  assert.match(made.id, /^session_/);
  assert.deepEqual(
    [made.externalId, made.isCached, made.tags, made.metadata],
    ["named", false, ["vip"], { plan: "pro" }],
  );
  assert.equal((await runs.retrieve(made.runId)).taskIdentifier, "hello");
  const again = await start(more);
  assert.deepEqual([again.id, again.isCached], [made.id, true]);
});

test("a session is read by either name, changed and closed", async () => {
  const made = await start();
  for (const name of [made.id, made.externalId]) assert.equal((await sessions.retrieve(name)).id, made.id);
  const changed = await sessions.update(made.id, { tags: ["new"], metadata: { plan: "free" } });
  assert.deepEqual([changed.tags, changed.metadata], [["new"], { plan: "free" }]);
  const closed = await sessions.close(made.id, { reason: "done" });
  assert.ok(closed.closedAt instanceof Date);
  assert.equal(closed.closedReason, "done");
  assert.ok((await sessions.close(made.id)).closedAt instanceof Date);
  await refused(start({ externalId: made.externalId }), ConflictError);
  await refused(sessions.retrieve("session_unknown"), NotFoundError);
});

test("sessions are listed by every filter, in pages", async () => {
  for (let n = 0; n < 3; n += 1) await start({ type: "chat.listed", tags: ["listed"] });
  const filters = { type: "chat.listed", tag: "listed", taskIdentifier: "hello", status: "ACTIVE", period: "1d" };
  await until(async () => (await all(sessions.list(filters))).length === 3, "listed");
  const page = await sessions.list({ ...filters, limit: 2 });
  assert.equal(page.data.length, 2);
  assert.ok(page.hasNextPage());
  assert.equal((await page.getNextPage()).data.length, 1);
  assert.deepEqual((await sessions.list({ ...filters, status: "CLOSED" })).data, []);
  assert.deepEqual(
    (await sessions.list({ externalId: page.data[0].externalId })).data.map((one) => one.id),
    [page.data[0].id],
  );
});

test("what goes in is kept in its order", async () => {
  const made = await start();
  const session = sessions.open(made.id);
  await session.in.send("hello");
  await session.in.send({ role: "user", text: "how are you?" });
  const { records } = await core().readSessionStreamRecords(made.id, "in");
  assert.deepEqual(
    records.map((record) => record.data),
    ["hello", { role: "user", text: "how are you?" }],
  );
  const later = await core().readSessionStreamRecords(made.id, "in", { afterEventId: String(records[0].seqNum) });
  assert.equal(later.records.length, 1);
});

test("what comes out is read as it comes, with the turn's end", TIMEOUT, async () => {
  const made = await start();
  const session = sessions.open(made.id);
  await session.in.send({ text: "hello?" });
  const stop = new AbortController();
  const controls = [];
  const parts = [];
  const stream = await session.out.read({
    timeoutInSeconds: 20,
    signal: stop.signal,
    onPart: (part) => parts.push(part),
    onControl: (event) => {
      controls.push(event.subtype);
      if (event.subtype === "turn-complete") stop.abort();
    },
  });
  const chunks = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  assert.ok(chunks.length > 0, "nothing came out");
  assert.ok(controls.includes("turn-complete"));
  assert.ok(parts.every((part) => /^\d+$/.test(part.id) && part.timestamp > 1_700_000_000_000));
});

test("what is appended to out is read there, after a place as well", TIMEOUT, async () => {
  const made = await start();
  for (const n of [1, 2, 3])
    assert.equal((await core().appendToSessionStream(made.id, "out", JSON.stringify({ n }))).ok, true);
  const { records } = await core().readSessionStreamRecords(made.id, "out");
  const mine = records.filter((record) => record.data?.n > 0);
  assert.deepEqual(
    mine.map((record) => record.data.n),
    [1, 2, 3],
  );
  const rest = await sessions.open(made.id).out.read({ lastEventId: mine[1].seqNum, timeoutInSeconds: 20 });
  const reader = rest.getReader();
  assert.deepEqual(await reader.read(), { done: false, value: { n: 3 } });
  await reader.cancel();
});

test("a named channel is apart", async () => {
  const made = await start();
  await sessions.open(made.id).channel("side.a").in.send({ n: 1 });
  assert.equal((await core().readSessionStreamRecords(made.id, "in", { channel: "side.a" })).records.length, 1);
  assert.equal((await core().readSessionStreamRecords(made.id, "in")).records.length, 0);
});

test("a run hands its session on", async () => {
  const made = await start();
  const next = await core().endAndContinueSession(made.id, { callingRunId: made.runId, reason: "upgrade" });
  assert.equal(next.swapped, true);
  assert.notEqual(next.runId, made.runId);
});

test("what a channel's writers ask for, snapshots and transcripts", async () => {
  const made = await start();
  const api = core();
  assert.match((await api.initializeSessionStream(made.id, "out")).version, /^v[12]$/);
  const { presignedUrl } = await api.createChatSnapshotUploadUrl(made.id);
  assert.equal((await fetch(presignedUrl, { method: "PUT", body: "{}" })).status, 200);
  const read = await fetch((await api.getChatSnapshotUrl(made.id)).presignedUrl);
  assert.equal(await read.text(), "{}");
  assert.ok(Array.isArray((await api.getSessionTranscript(made.id, { limit: 10 })).messages));
});

test("a session's public token speaks in it", async () => {
  const [made, other] = [await start(), await start()];
  await auth.withAuth(by(made.publicAccessToken), async () => {
    await sessions.open(made.externalId).in.send({ text: "from a browser" });
    await assert.rejects(sessions.open(other.externalId).in.send({ text: "not mine" }), { status: 403 });
    await refused(sessions.close(made.id), PermissionDeniedError);
  });
});
