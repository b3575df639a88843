// Prompts and their overrides, queries and reports.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequestError, NotFoundError, prompts, query, runs } from "@trigger.dev/sdk";
import { core, refused, until } from "./house.mjs";

test("a prompt is listed and resolved", async () => {
  const { data } = await prompts.list();
  assert.deepEqual(
    data.map((prompt) => prompt.slug),
    ["greeting"],
  );
  const resolved = await prompts.resolve("greeting", { name: "Ada" });
  assert.deepEqual([resolved.version, resolved.text], [1, "Good morning, Ada!"]);
  await refused(prompts.resolve("nobody's", {}), NotFoundError);
});

test("an override from its making to its end", async () => {
  const made = await prompts.createOverride("greeting", { textContent: "Hi, {{name}}.", commitMessage: "shorter" });
  assert.equal(made.ok, true);
  assert.equal((await prompts.resolve("greeting", { name: "Ada" })).text, "Hi, Ada.");
  assert.equal((await prompts.updateOverride("greeting", { textContent: "Ho, {{name}}." })).ok, true);
  assert.equal((await prompts.resolve("greeting", { name: "Ada" })).text, "Ho, Ada.");
  assert.equal((await prompts.removeOverride("greeting")).ok, true);
  assert.equal((await prompts.resolve("greeting", { name: "Ada" })).text, "Good morning, Ada!");
  assert.equal((await prompts.reactivateOverride("greeting", made.version)).ok, true);
  assert.equal((await prompts.resolve("greeting", { name: "Ada" })).text, "Ho, Ada.");
  await prompts.removeOverride("greeting");
  const versions = (await prompts.versions("greeting")).data;
  assert.ok(versions.length >= 2 && versions.every((one) => typeof one.contentHash === "string"));
  assert.equal((await prompts.resolve("greeting", { name: "Ada" }, { version: 1 })).version, 1);
});

test("a version is promoted", async () => {
  assert.equal((await prompts.promote("greeting", 1)).ok, true);
  await refused(prompts.promote("greeting", 99), NotFoundError);
});

test("a query answers rows, or text", async () => {
  const wanted = "SELECT run_id, status FROM runs LIMIT 3";
  const rows = await until(async () => {
    const { format, results } = await query.execute(wanted);
    assert.equal(format, "json");
    return results.length === 3 && results;
  }, "counted");
  assert.ok(rows.every((row) => row.run_id.startsWith("run_")));
  const text = await query.execute(wanted, { format: "csv", period: "7d" });
  assert.equal(text.format, "csv");
  assert.match(text.results, /^"?run_id"?,"?status"?/);
  await refused(query.execute("SELECT FROM nothing"), BadRequestError);
});

test("the schema of queries, and dashboards", async () => {
  const { tables } = await core().getQuerySchema();
  assert.ok(tables.some((table) => table.name === "runs"));
  assert.ok(Array.isArray((await query.dashboards.list()).dashboards));
});

test("a report is text or figures", async () => {
  assert.equal(typeof (await core().getReport("health")), "string");
  assert.equal(typeof (await core().getReport("health", { format: "json", period: "7d" })), "object");
});
