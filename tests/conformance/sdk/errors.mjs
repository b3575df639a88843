// Trouble of the server as the SDK's errors: their classes, what they carry, and what is tried again.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ApiConnectionError, ApiSchemaValidationError } from "@trigger.dev/core/v3";
import {
  ConflictError,
  InternalServerError,
  PermissionDeniedError,
  RateLimitError,
  runs,
  tasks,
  UnprocessableEntityError,
} from "@trigger.dev/sdk";
import { client, refused, SANDBOX_URL, SHOP_PROD_KEY } from "./house.mjs";

async function faults(toml) {
  const answer = await fetch(`${SANDBOX_URL}/sandbox/faults`, { method: "POST", body: toml });
  assert.ok(answer.ok, `${answer.status}: ${toml}`);
}
const trouble = (more) => faults(`[[fault]]\nname = "trouble"\npath = "/api/v1/tasks/*/trigger"\n${more}\n`);

afterEach(() => faults(""));

for (const [status, kind] of [
  [403, PermissionDeniedError],
  [409, ConflictError],
  [422, UnprocessableEntityError],
  [429, RateLimitError],
  [500, InternalServerError],
  [503, InternalServerError],
])
  test(`${status} is an error of its class`, async () => {
    await trouble(`what = "status"\nstatus = ${status}`);
    await refused(tasks.trigger("hello", {}), kind);
  });

test("a server that hangs up is a failed connection", async () => {
  await trouble('what = "reset"');
  await refused(tasks.trigger("hello", {}), ApiConnectionError);
});

test("an answer of another shape fails the SDK's schema", async () => {
  await trouble('what = "wrong_json"');
  await refused(tasks.trigger("hello", {}), ApiSchemaValidationError);
});

test("an answer that breaks off is no answer", async () => {
  await trouble('what = "truncate"');
  await assert.rejects(tasks.trigger("hello", {}));
});

test("the SDK tries again what may pass, and the run is made once", async () => {
  await trouble('what = "status"\nstatus = 503\nmost = 2');
  const patient = client(SHOP_PROD_KEY, {
    requestOptions: { retry: { maxAttempts: 4, minTimeoutInMs: 10, maxTimeoutInMs: 50, factor: 1 } },
  });
  const handle = await patient.tasks.trigger("hello", {}, { tags: ["retried"] });
  assert.equal((await runs.retrieve(handle.id)).id, handle.id);
});
