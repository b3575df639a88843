// Queues and the concurrency limits they share: reading, pausing, overriding.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequestError, concurrencyLimits, NotFoundError, queues, tasks } from "@trigger.dev/sdk";
import { all, reaches, refused } from "./house.mjs";

const reports = { type: "custom", name: "reports" };

test("queues are listed, and read by id, by name and by task", async () => {
  const found = await all(queues.list({ perPage: 2 }));
  assert.ok(found.length >= 4);
  const listed = found.find((queue) => queue.name === "reports");
  assert.equal(listed.concurrencyLimit, 4);
  assert.deepEqual((await queues.retrieve(listed.id)).id, listed.id);
  assert.deepEqual((await queues.retrieve(reports)).id, listed.id);
  const own = await queues.retrieve({ type: "task", name: "hello" });
  assert.deepEqual([own.name, own.type, own.paused], ["hello", "task", false]);
  assert.equal((await queues.retrieve({ type: "custom", name: "mail/out" })).name, "mail/out");
  await refused(queues.retrieve({ type: "custom", name: "nobody's" }), NotFoundError);
});

test("runs of a paused queue wait until it is resumed", async () => {
  assert.equal((await queues.pause(reports)).paused, true);
  const handle = await tasks.trigger("hello", {}, { queue: "reports" });
  await reaches(handle, "QUEUED");
  assert.equal((await queues.retrieve(reports)).queued, 1);
  assert.equal((await queues.resume(reports)).paused, false);
  await reaches(handle, "COMPLETED");
});

test("a queue's limit is overridden and reset", async () => {
  const overridden = await queues.overrideConcurrencyLimit(reports, 2);
  assert.deepEqual(
    [overridden.concurrencyLimit, overridden.concurrency.base, overridden.concurrency.override],
    [2, 4, 2],
  );
  assert.ok(overridden.concurrency.overriddenAt instanceof Date);
  assert.equal((await queues.resetConcurrencyLimit(reports)).concurrencyLimit, 4);
  await refused(queues.resetConcurrencyLimit(reports), BadRequestError, /not overridden/);
});

test("concurrency limits are listed and read", async () => {
  assert.deepEqual((await all(concurrencyLimits.list({ perPage: 1 }))).map((limit) => limit.name).sort(), [
    "gpu",
    "mail",
  ]);
  const limit = await concurrencyLimits.retrieve("gpu");
  assert.deepEqual([limit.name, limit.total.current, limit.perKey.current], ["gpu", 8, 2]);
  const key = await concurrencyLimits.retrieve("gpu", { concurrencyKey: "tenant-1" });
  assert.deepEqual([key.name, key.concurrencyKey], ["gpu", "tenant-1"]);
  await refused(concurrencyLimits.retrieve("nobody's"), NotFoundError);
});

test("a limit is overridden, for everybody and for one key, and reset", async () => {
  assert.equal((await concurrencyLimits.override("gpu", { total: 6, perKey: 3 })).total.current, 6);
  const key = await concurrencyLimits.override("gpu", { concurrencyKey: "tenant-1", perKey: 1 });
  assert.equal(key.perKey.current, 1);
  assert.equal((await concurrencyLimits.reset("gpu", { concurrencyKey: "tenant-1" })).concurrencyKey, "tenant-1");
  assert.equal((await concurrencyLimits.reset("gpu")).total.current, 8);
});

test("a limit is paused and resumed", async () => {
  assert.equal((await concurrencyLimits.pause("mail")).paused, true);
  assert.equal((await concurrencyLimits.resume("mail")).paused, false);
});
