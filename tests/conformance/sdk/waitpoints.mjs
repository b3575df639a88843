// Tokens that runs wait for: made, found, completed by the key, by a public token and by a callback.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiClient } from "@trigger.dev/core/v3";
import { auth, InternalServerError, PermissionDeniedError, wait } from "@trigger.dev/sdk";
import { all, by, refused } from "./house.mjs";

test("a token with every option", async () => {
  const options = { idempotencyKey: "approve-1", idempotencyKeyTTL: "1h", timeout: "24h", tags: ["doc-1"] };
  const made = await wait.createToken(options);
  assert.match(made.id, /^waitpoint_/);
  assert.equal(made.isCached, false);
  const again = await wait.createToken(options);
  assert.deepEqual([again.id, again.isCached], [made.id, true]);
  const seen = await wait.retrieveToken(made.id);
  assert.deepEqual([seen.status, seen.tags, seen.idempotencyKey], ["WAITING", ["doc-1"], "approve-1"]);
  assert.ok(seen.timeoutAt > new Date(Date.now() + 23 * 3_600_000));
  const found = await all(
    wait.listTokens({ tags: ["doc-1"], status: ["WAITING"], idempotencyKey: "approve-1", period: "1d" }),
  );
  assert.deepEqual(
    found.map((token) => token.id),
    [made.id],
  );
});

test("a token is completed with what the run gets", async () => {
  const made = await wait.createToken();
  assert.deepEqual(await wait.completeToken(made.id, { approved: true }), { success: true });
  const seen = await wait.retrieveToken(made.id);
  assert.deepEqual([seen.status, seen.output], ["COMPLETED", { approved: true }]);
  assert.ok(seen.completedAt instanceof Date);
});

test("a token is completed with nothing", async () => {
  const made = await wait.createToken({ timeout: new Date(Date.now() + 60_000) });
  await wait.completeToken(made, undefined);
  assert.equal((await wait.retrieveToken(made)).status, "COMPLETED");
});

test("a token's own public token completes it and no other", async () => {
  const [made, other] = [await wait.createToken(), await wait.createToken()];
  await auth.withAuth(by(made.publicAccessToken), async () => {
    assert.deepEqual(await wait.completeToken(made.id, "by token"), { success: true });
    await refused(wait.completeToken(other.id, "by token"), PermissionDeniedError);
  });
  assert.equal((await wait.retrieveToken(made.id)).output, "by token");
});

test("a token's callback completes it with what was posted", async () => {
  const made = await wait.createToken();
  const answer = await fetch(made.url, {
    method: "POST",
    body: JSON.stringify({ from: "webhook" }),
    headers: { "content-type": "application/json" },
  });
  assert.equal(answer.status, 200);
  const seen = await wait.retrieveToken(made.id);
  assert.deepEqual([seen.status, seen.output], ["COMPLETED", { from: "webhook" }]);
});

test("pages of tokens", async () => {
  for (let n = 0; n < 5; n += 1) await wait.createToken({ tags: ["page"] });
  const page = await wait.listTokens({ tags: "page", limit: 2 });
  assert.ok(page.hasNextPage());
  assert.equal((await all(wait.listTokens({ tags: "page", limit: 2 }))).length, 5);
});

test("a token that nobody made is a fault of the server's", async () => {
  await refused(wait.retrieveToken("waitpoint_unknown"), InternalServerError);
});
