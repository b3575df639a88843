// What every file here needs: the sandbox, its keys, and clients of the official SDK that say a failure at once.
import assert from "node:assert/strict";
import { ApiClient } from "@trigger.dev/core/v3";
import { configure, runs, TriggerClient } from "@trigger.dev/sdk";

export const { SANDBOX_URL, SHOP_PROD_KEY, SHOP_STAGING_KEY, SHOP_PREVIEW_KEY, CRM_PROD_KEY, OPERATOR_PAT } =
  process.env;
export const ADDITIONAL_KEY = "tr_prod_sk_shopSandboxInvented00001";
export const SHOP = "proj_shopaaaaaaaaaaaaaaaa";
export const UNKNOWN_RUN = "run_cunknownunknownunknown1";

const requestOptions = { retry: { maxAttempts: 1 } };

export const by = (accessToken, more = {}) => ({ baseURL: SANDBOX_URL, accessToken, requestOptions, ...more });

// The SDK's global client: the shop's production.
configure(by(SHOP_PROD_KEY));

export const client = (accessToken, more) => new TriggerClient(by(accessToken, more));

// Beneath the SDK's functions: what they call, and what only runs call.
export const core = (accessToken = SHOP_PROD_KEY) => new ApiClient(SANDBOX_URL, accessToken, undefined, requestOptions);

const POLL = { pollIntervalMs: 25 };
export const ended = (run) => runs.poll(run, POLL);
export const POLLING = POLL;

const PATIENCE_MS = 30_000;

// What happens by itself has no notice of its own.
export async function until(look, what) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`never ${what}`);
}

export async function reaches(run, status) {
  return until(async () => {
    const seen = await runs.retrieve(run);
    return seen.status === status && seen;
  }, status);
}

export async function all(pages) {
  const found = [];
  for await (const item of pages) found.push(item);
  return found;
}

// The SDK answered with an error of this class; some servers' texts are worth a look as well.
export const refused = (promise, kind, message = /./) =>
  assert.rejects(Promise.resolve(promise), (error) => {
    assert.ok(error instanceof kind, `${error.constructor.name}: ${error.message}`);
    assert.match(error.message, message);
    return true;
  });
