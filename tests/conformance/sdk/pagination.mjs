// Lists of runs: every filter, pages that are turned by hand and by iteration, lists of a person's project.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequestError, runs, tasks } from "@trigger.dev/sdk";
import { all, client, OPERATOR_PAT, reaches, refused, SHOP, until } from "./house.mjs";

const ids = (items) => items.map((item) => item.id);

test("pages follow each other to the end and back", async () => {
  const first = await runs.list({ tag: "past", limit: 25 });
  assert.equal(first.data.length, 25);
  assert.ok(first.hasNextPage() && !first.hasPreviousPage());
  const second = await first.getNextPage();
  const third = await second.getNextPage();
  assert.equal(third.data.length, 10);
  assert.ok(!third.hasNextPage() && third.hasPreviousPage());
  assert.equal(new Set([first, second, third].flatMap((page) => ids(page.data))).size, 60);
  assert.deepEqual(ids((await third.getPreviousPage()).data), ids(second.data));
});

test("iteration sees every run once, newest first", async () => {
  const found = await all(runs.list({ tag: "past", limit: 7 }));
  assert.equal(found.length, 60);
  assert.equal(new Set(ids(found)).size, 60);
  const times = found.map((run) => run.createdAt.getTime());
  assert.deepEqual(
    times,
    [...times].sort((a, b) => b - a),
  );
  assert.ok(found.every((run) => run.isSuccess && run.taskIdentifier === "hello" && run.env.name === "prod"));
});

test("every filter is sent, and narrows", async () => {
  const handle = await tasks.trigger(
    "hello",
    {},
    { tags: ["needle"], queue: "reports", machine: "micro", region: "elsewhere" },
  );
  const run = await reaches(handle, "COMPLETED");
  const found = async (more) => ids((await runs.list({ tag: ["needle", "nobody's"], ...more })).data);
  await until(async () => (await found({ status: "COMPLETED" })).length === 1, "listed");
  for (const filter of [
    { status: ["COMPLETED", "FAILED"] },
    { taskIdentifier: ["hello", "rehearse"] },
    { version: run.version },
    { isTest: false },
    { from: new Date(Date.now() - 60_000), to: new Date(Date.now() + 60_000) },
    { period: "1h" },
    { queue: { type: "custom", name: "reports" } },
    { machine: "micro" },
    { region: "elsewhere" },
  ])
    assert.deepEqual(await found(filter), [handle.id], JSON.stringify(filter));
  for (const filter of [
    { status: "FAILED" },
    { taskIdentifier: "rehearse" },
    { version: "20200101.1" },
    { isTest: true },
    { to: Date.now() - 60_000, from: 1 },
    { queue: { type: "task", name: "hello" } },
    { machine: "large-2x" },
    { region: "local" },
    { batch: "batch_unknown" },
    { schedule: "sched_unknown" },
  ])
    assert.deepEqual(await found(filter), [], JSON.stringify(filter));
});

test("what a page cannot be", async () => {
  await refused(runs.list({ limit: 101 }), BadRequestError);
});

test("a person lists the runs of a project's environment", async () => {
  const person = client(OPERATOR_PAT);
  const page = await person.runs.list(SHOP, { env: "prod", limit: 10, tag: "past" });
  assert.equal(page.data.length, 10);
  assert.ok(page.hasNextPage());
});
