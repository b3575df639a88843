// Plain fetch, the least that a script in JavaScript can do: no client, no retries. The workload is trigger.
import { asked, keyOf, measure, payloadOf, tokenOf } from "./house.mjs";

const headers = Array.from({ length: asked.targets }, (_, target) => ({
  authorization: "Bearer " + tokenOf(target),
  "content-type": "application/json",
}));

await measure(async (n) => {
  const body = JSON.stringify({ payload: payloadOf(n), options: { idempotencyKey: keyOf(n) } });
  const reply = await fetch(asked.url + "/api/v1/tasks/bench/trigger", {
    method: "POST",
    headers: headers[n % asked.targets],
    body,
  });
  const run = await reply.json();
  return !(reply.ok && run.id && run.isCached === false);
});
