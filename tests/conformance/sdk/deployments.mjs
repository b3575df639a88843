// Deployments: the current one, and lists.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployments } from "@trigger.dev/sdk";
import { all } from "./house.mjs";

test("the current deployment", async () => {
  const current = await deployments.retrieveCurrent();
  assert.deepEqual([current.version, current.status], ["20261124.1", "DEPLOYED"]);
  assert.ok(current.createdAt instanceof Date);
});

test("deployments are listed, with every filter", async () => {
  const listed = await all(deployments.list({ limit: 20 }));
  assert.ok(listed.some((one) => one.version === "20261124.1"));
  const deployed = await deployments.list({ status: "DEPLOYED", period: "7d", limit: 20 });
  assert.ok(deployed.data.length > 0 && deployed.data.every((one) => one.status === "DEPLOYED"));
  assert.deepEqual((await deployments.list({ status: "FAILED", limit: 20 })).data, []);
});
