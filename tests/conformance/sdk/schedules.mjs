// Schedules: seven calls, pages, and the zones the server knows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NotFoundError, schedules, UnprocessableEntityError } from "@trigger.dev/sdk";
import { all, refused } from "./house.mjs";

const daily = (more) => ({ task: "report", cron: "0 5 * * *", deduplicationKey: "daily", ...more });

test("a schedule from its making to its end", async () => {
  const made = await schedules.create(daily({ timezone: "Europe/Berlin", externalId: "user-1" }));
  assert.match(made.id, /^sched_/);
  assert.deepEqual(
    [made.type, made.active, made.timezone, made.externalId],
    ["IMPERATIVE", true, "Europe/Berlin", "user-1"],
  );
  assert.equal(made.generator.expression, "0 5 * * *");
  assert.ok(made.nextRun instanceof Date && made.nextRun > new Date());
  assert.deepEqual(await schedules.retrieve(made.id), made);

  const changed = await schedules.update(made.id, { task: "report", cron: "30 6 * * 1-5", timezone: "Asia/Tokyo" });
  assert.deepEqual(
    [changed.id, changed.generator.expression, changed.timezone],
    [made.id, "30 6 * * 1-5", "Asia/Tokyo"],
  );
  assert.equal((await schedules.deactivate(made.id)).active, false);
  assert.equal((await schedules.activate(made.id)).active, true);
  assert.equal((await schedules.del(made.id)).id, made.id);
  await refused(schedules.retrieve(made.id), NotFoundError);
});

test("the same key replaces a schedule", async () => {
  const first = await schedules.create(daily({ deduplicationKey: "again", timezone: "Europe/Berlin" }));
  const second = await schedules.create(daily({ deduplicationKey: "again", cron: "0 6 * * *" }));
  assert.deepEqual([second.id, second.generator.expression, second.timezone], [first.id, "0 6 * * *", "UTC"]);
});

test("pages of schedules", async () => {
  for (const n of [1, 2, 3, 4, 5]) await schedules.create(daily({ deduplicationKey: `page-${n}` }));
  const page = await schedules.list({ page: 1, perPage: 2 });
  assert.equal(page.data.length, 2);
  assert.ok(page.hasNextPage());
  assert.equal((await page.getNextPage()).data.length, 2);
  const found = await all(schedules.list({ perPage: 2 }));
  assert.equal(new Set(found.map((one) => one.id)).size, found.length);
  assert.ok(found.length >= 6);
});

test("a schedule that was declared with its task", async () => {
  const declared = (await all(schedules.list())).find((one) => one.type === "DECLARATIVE");
  assert.deepEqual(
    [declared.task, declared.generator.expression, declared.timezone],
    ["nightly", "0 3 * * *", "Europe/Berlin"],
  );
  await refused(schedules.update(declared.id, { task: "nightly", cron: "0 4 * * *" }), UnprocessableEntityError);
});

test("what is no schedule", async () => {
  await refused(schedules.create(daily({ cron: "every day" })), UnprocessableEntityError);
  await refused(schedules.create(daily({ timezone: "Mars/Olympus" })), UnprocessableEntityError);
  await refused(schedules.create(daily({ task: "nobody-deployed" })), UnprocessableEntityError);
  await refused(schedules.activate("sched_unknown"), NotFoundError);
});

test("time zones, with UTC and without", async () => {
  const { timezones } = await schedules.timezones();
  assert.ok(timezones.includes("UTC") && timezones.includes("Europe/Berlin"));
  const others = await schedules.timezones({ excludeUtc: true });
  assert.ok(!others.timezones.includes("UTC"));
});
