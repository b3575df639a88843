// Several targets in one process: clients that share nothing, and the nesting of credentials.
import assert from "node:assert/strict";
import { test } from "node:test";
import { auth, AuthenticationError, envvars, NotFoundError, runs, tasks } from "@trigger.dev/sdk";
import {
  by,
  client,
  core,
  CRM_PROD_KEY,
  refused,
  SANDBOX_URL,
  SHOP,
  SHOP_PREVIEW_KEY,
  SHOP_PROD_KEY,
  SHOP_STAGING_KEY,
} from "./house.mjs";

test("clients in parallel reach each their own environment", async () => {
  const targets = {
    prod: client(SHOP_PROD_KEY),
    staging: client(SHOP_STAGING_KEY),
    branch: client(SHOP_PREVIEW_KEY, { previewBranch: "feat/checkout" }),
    crm: client(CRM_PROD_KEY),
  };
  const names = Object.keys(targets);
  const made = {};
  await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const name = names[n % names.length];
      const handle = await targets[name].tasks.trigger("hello", { from: name });
      (made[name] ??= []).push(handle.id);
    }),
  );
  for (const name of names) {
    assert.equal(made[name].length, 10);
    for (const other of names)
      for (const id of made[other].slice(0, 2)) {
        if (other === name) assert.deepEqual((await targets[name].runs.retrieve(id)).payload, { from: name });
        else await refused(targets[name].runs.retrieve(id), NotFoundError);
      }
  }
});

test("a client keeps its credential whatever surrounds it", async () => {
  const staging = client(SHOP_STAGING_KEY);
  await auth.withAuth(by(CRM_PROD_KEY), async () => {
    const handle = await staging.tasks.trigger("hello", {});
    assert.equal((await staging.runs.retrieve(handle.id)).id, handle.id);
    await refused(runs.retrieve(handle.id), NotFoundError);
  });
});

test("credentials nest, field by field", async () => {
  const inStaging = await client(SHOP_STAGING_KEY).tasks.trigger("hello", {});
  const inBranch = await client(SHOP_PREVIEW_KEY, { previewBranch: "feat/checkout" }).tasks.trigger("hello", {});
  await auth.withAuth(by(SHOP_STAGING_KEY), async () => {
    assert.equal((await runs.retrieve(inStaging.id)).id, inStaging.id);
    await auth.withAuth({ accessToken: SHOP_PREVIEW_KEY, previewBranch: "feat/checkout" }, async () => {
      assert.equal((await runs.retrieve(inBranch.id)).id, inBranch.id);
      await refused(runs.retrieve(inStaging.id), NotFoundError);
    });
    assert.equal((await runs.retrieve(inStaging.id)).id, inStaging.id);
  });
  await refused(runs.retrieve(inStaging.id), NotFoundError);
});

test("credentials side by side do not mix", async () => {
  const keys = [SHOP_PROD_KEY, SHOP_STAGING_KEY, CRM_PROD_KEY];
  const environments = await Promise.all(
    keys.map((key) =>
      core(key)
        .generateJWTClaims()
        .then((claims) => claims.sub),
    ),
  );
  const seen = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      auth.withAuth(by(keys[n % 3]), async () => {
        const handle = await tasks.trigger("hello", {});
        const token = JSON.parse(Buffer.from(handle.publicAccessToken.split(".")[1], "base64url"));
        return token.sub === environments[n % 3];
      }),
    ),
  );
  assert.ok(seen.every(Boolean));
});

test("a preview key needs a branch that exists", async () => {
  for (const previewBranch of [undefined, "nobody's", "feat%2Fcheckout"])
    await refused(client(SHOP_PREVIEW_KEY, { previewBranch }).tasks.trigger("hello", {}), AuthenticationError);
});

test("an address ends with a slash or not", async () => {
  await auth.withAuth({ baseURL: `${SANDBOX_URL}/` }, async () =>
    assert.ok((await envvars.list(SHOP, "prod")).length > 0),
  );
});
