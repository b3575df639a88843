// The official client. --mode clients holds one TriggerClient for each target, withAuth says the credential with each call.
// Workloads: trigger; batch (units are items); envvars (200 variables to each of so many targets); replay (of runs that
// are listed first). It runs beside the packages: Node looks for them from this file's folder upwards.
import { auth, envvars, runs, tasks, TriggerClient } from "@trigger.dev/sdk";
import { asked, keyOf, measure, payloadOf, projectOf, tokenOf } from "./house.mjs";

const configs = Array.from({ length: asked.targets }, (_, target) => ({
  baseURL: asked.url,
  accessToken: tokenOf(target),
}));
const global = { tasks, envvars, runs };
const clients = asked.mode === "clients" ? configs.map((config) => new TriggerClient(config)) : [];

// What `call` does with the functions of one target.
const by = (target, call) =>
  asked.mode === "clients" ? call(clients[target]) : auth.withAuth(configs[target], () => call(global));

const workloads = {
  async trigger() {
    await measure(async (n) => {
      const run = await by(n % asked.targets, (sdk) =>
        sdk.tasks.trigger("bench", payloadOf(n), { idempotencyKey: keyOf(n) }),
      );
      return !run.id;
    });
  },

  async batch() {
    const size = (chunk) => Math.min(asked.chunk, asked.units - chunk * asked.chunk);
    const calls = Math.ceil(asked.units / asked.chunk);
    await measure(
      async (chunk) => {
        const items = Array.from({ length: size(chunk) }, (_, i) => {
          const n = chunk * asked.chunk + i;
          return { payload: payloadOf(n), options: { idempotencyKey: keyOf(n) } };
        });
        const batch = await by(chunk % asked.targets, (sdk) => sdk.tasks.batchTrigger("bench", items));
        return batch.runCount !== items.length;
      },
      { calls, weigh: size },
    );
  },

  async envvars() {
    const names = Array.from({ length: 200 }, (_, i) => `BENCH_VARIABLE_${i}`);
    await measure(async (n) => {
      const target = n % asked.targets;
      const variables = Object.fromEntries(names.map((name, i) => [name, `value ${keyOf(n)} ${i}`]));
      const done = await by(target, (sdk) =>
        sdk.envvars.upload(projectOf(target), "prod", { variables, override: true }),
      );
      return !done.success;
    });
  },

  async replay() {
    const old = [];
    const list = async (sdk) => {
      for await (const run of sdk.runs.list({ status: ["FAILED"], limit: 100 })) {
        if (old.length === asked.units) return;
        old.push(run.id);
      }
    };
    await measure(async (n) => !(await by(0, (sdk) => sdk.runs.replay(old[n]))).id, { prepare: () => by(0, list) });
  },
};

await workloads[asked.workload]();
