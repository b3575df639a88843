// Public tokens: what the SDK signs is good here and readable by ours, and what ours signs is good by the SDK's library.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { JWT_ALGORITHM, JWT_AUDIENCE, JWT_ISSUER, validateJWT } from "@trigger.dev/core/v3/jwt";
import {
  auth,
  AuthenticationError,
  batch,
  PermissionDeniedError,
  runs,
  tasks,
  UnprocessableEntityError,
} from "@trigger.dev/sdk";
import { jwtVerify } from "jose";
import { ADDITIONAL_KEY, by, client, core, CRM_PROD_KEY, refused, SHOP_PREVIEW_KEY, SHOP_PROD_KEY } from "./house.mjs";

const ours = (command, input) => execFileSync(process.env.TOKEN_TOOL, [command], { input }).toString();
const sign = (wish) => ours("sign", JSON.stringify({ key: SHOP_PROD_KEY, ...wish }));
const decode = (token) => JSON.parse(ours("decode", token));

// As the SDK's library holds a token to what it must say.
async function verified(token, key = SHOP_PROD_KEY) {
  const { payload, protectedHeader } = await jwtVerify(token, new TextEncoder().encode(key), {
    algorithms: [JWT_ALGORITHM],
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
  });
  assert.deepEqual(protectedHeader, { alg: "HS256" });
  return payload;
}

const subject = async () => (await core().generateJWTClaims()).sub;

test("what ours signs, the SDK's library verifies, and the sandbox takes", async () => {
  const handle = await tasks.trigger("hello", {});
  const sub = await subject();
  const token = sign({ subject: sub, scopes: [`read:runs:${handle.id}`], end: "1h", skip_columns: ["payload"] });
  const payload = await verified(token);
  assert.deepEqual([payload.sub, payload.pub, payload.scopes], [sub, true, [`read:runs:${handle.id}`]]);
  assert.deepEqual(payload.realtime, { skipColumns: ["payload"] });
  assert.equal(payload.exp - payload.iat, 3600);
  assert.equal((await validateJWT(token, SHOP_PROD_KEY)).ok, true);
  assert.equal((await client(token).runs.retrieve(handle.id)).id, handle.id);
  await assert.rejects(verified(token, CRM_PROD_KEY), { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
});

test("ours and the SDK's say the same claims", async () => {
  const sub = await subject();
  const theirs = await auth.createPublicToken({
    scopes: { read: { runs: ["run_1"], tags: ["user:1"] } },
    expirationTime: "24hr",
  });
  const mine = sign({ subject: sub, scopes: ["read:runs:run_1", "read:tags:user:1"], end: "24hr" });
  const [a, b] = [await verified(theirs), await verified(mine)];
  assert.equal(b.exp - b.iat, 86400);
  assert.ok([86399, 86400].includes(a.exp - a.iat)); // its library reads the clock once for each of the two
  for (const claims of [a, b]) for (const time of ["iat", "exp"]) delete claims[time];
  assert.deepEqual(b, a);
});

test("what ours signs to trigger once, triggers once", async () => {
  const token = sign({ subject: await subject(), scopes: ["trigger:tasks:hello"], end: "15m", one_time: true });
  assert.equal((await verified(token)).otu, true);
  assert.match((await client(token).tasks.trigger("hello", {})).id, /^run_/);
  await refused(client(token).tasks.trigger("hello", {}), UnprocessableEntityError, /already been used/);
});

test("what the SDK signs, ours reads", async () => {
  const end = new Date(Date.now() + 600_000);
  const token = await auth.createPublicToken({
    scopes: {
      read: { runs: true, batch: ["batch_1"] },
      write: { waitpoints: ["waitpoint_1"] },
      trigger: { tasks: ["hello"] },
    },
    expirationTime: end,
    realtime: { skipColumns: ["payload", "output"] },
  });
  assert.deepEqual(decode(token), {
    environment: await subject(),
    scopes: ["read:runs", "read:batch:batch_1", "write:waitpoints:waitpoint_1", "trigger:tasks:hello"],
    end: Math.floor(end.getTime() / 1000),
    one_time: false,
    skip_columns: ["payload", "output"],
  });
  assert.equal(decode(await auth.createTriggerPublicToken("hello")).one_time, true);
});

test("what the server hands out, ours reads", async () => {
  const handle = await tasks.trigger("hello", {});
  assert.deepEqual(decode(handle.publicAccessToken).scopes.includes(`read:runs:${handle.id}`), true);
  const minted = await client(ADDITIONAL_KEY).auth.createPublicToken({
    scopes: { read: { runs: [handle.id] } },
    expirationTime: "1h",
  });
  assert.deepEqual(decode(minted).scopes, [`read:runs:${handle.id}`]);
  assert.equal((await client(minted).runs.retrieve(handle.id)).id, handle.id);
  await verified(minted);
});

test("a token reads what it names and nothing else", async () => {
  const [mine, other] = [await tasks.trigger("hello", {}, { tags: ["mine"] }), await tasks.trigger("rehearse", {})];
  for (const read of [{ runs: [mine.id] }, { tags: ["mine"] }, { tasks: ["hello"] }]) {
    const second = client(await auth.createPublicToken({ scopes: { read } }));
    assert.equal((await second.runs.retrieve(mine.id)).id, mine.id, JSON.stringify(read));
    await refused(second.runs.retrieve(other.id), PermissionDeniedError);
    await refused(second.tasks.trigger("hello", {}), PermissionDeniedError);
  }
  const every = client(await auth.createPublicToken({ scopes: { read: { runs: true } } }));
  for (const handle of [mine, other]) assert.equal((await every.runs.retrieve(handle.id)).id, handle.id);
  await refused(every.runs.cancel(mine.id), PermissionDeniedError);
});

test("a token triggers the tasks it names", async () => {
  const once = client(await auth.createTriggerPublicToken("hello"));
  await refused(once.tasks.trigger("rehearse", {}), PermissionDeniedError);
  const often = client(
    await auth.createTriggerPublicToken(["hello", "rehearse"], { multipleUse: true, expirationTime: "1h" }),
  );
  for (const task of ["hello", "rehearse", "hello"]) await often.tasks.trigger(task, {});
  await refused(often.tasks.trigger("steady", {}), PermissionDeniedError);
});

test("a token of batches makes them and reads them", async () => {
  const token = await auth.createBatchTriggerPublicToken("hello", { multipleUse: true });
  const handle = await client(token).batch.trigger([{ id: "hello", payload: {} }]);
  assert.match(handle.batchId, /^batch_/);
  const reader = client(await auth.createPublicToken({ scopes: { read: { batch: [handle.batchId] } } }));
  assert.equal((await reader.batch.retrieve(handle.batchId)).id, handle.batchId);
  const another = await batch.trigger([{ id: "hello", payload: {} }]);
  await refused(reader.batch.retrieve(another.batchId), PermissionDeniedError);
});

test("the SDK's helpers give a token to what runs inside of them", async () => {
  const handle = await tasks.trigger("hello", {});
  await auth.withPublicToken({ scopes: { read: { runs: [handle.id] } } }, async () => {
    assert.equal((await runs.retrieve(handle.id)).id, handle.id);
    await refused(tasks.trigger("hello", {}), PermissionDeniedError);
  });
  await auth.withTriggerPublicToken("hello", {}, async () =>
    assert.match((await tasks.trigger("hello", {})).id, /^run_/),
  );
  await auth.withBatchTriggerPublicToken("hello", { multipleUse: true }, async () =>
    assert.match((await tasks.batchTrigger("hello", [{ payload: {} }])).batchId, /^batch_/),
  );
});

test("a branch's token opens that branch", async () => {
  const branch = client(SHOP_PREVIEW_KEY, { previewBranch: "feat/checkout" });
  const handle = await branch.tasks.trigger("hello", {});
  const token = await branch.auth.createPublicToken({ scopes: { read: { runs: [handle.id] } } });
  await verified(token, SHOP_PREVIEW_KEY);
  assert.equal((await client(token).runs.retrieve(handle.id)).id, handle.id);
});

test("a token that ended, or that another key signed, is none", async () => {
  const handle = await tasks.trigger("hello", {});
  const scopes = { read: { runs: [handle.id] } };
  const past = await auth.createPublicToken({ scopes, expirationTime: new Date(Date.now() - 1_000) });
  await refused(client(past).runs.retrieve(handle.id), AuthenticationError, /Public Access Token is invalid/);
  const forged = sign({ key: CRM_PROD_KEY, subject: await subject(), scopes: [`read:runs:${handle.id}`], end: "1h" });
  await refused(client(forged).runs.retrieve(handle.id), AuthenticationError, /Public Access Token is invalid/);
});

test("a token without scopes opens nothing", async () => {
  const handle = await tasks.trigger("hello", {});
  const nothing = await auth.createPublicToken();
  await auth.withAuth(by(nothing), () => refused(runs.retrieve(handle.id), PermissionDeniedError));
});
