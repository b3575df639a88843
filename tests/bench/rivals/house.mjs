// What the rivals written in JavaScript share: options, payloads, so many calls in flight, and the line of JSON at the end:
//   units     what was asked for: triggers, items, targets or replays
//   wall_s, cpu_s    from just before the first request to the last answer; CPU is user and system time of all threads
//   p50_ms, p99_ms   of one call
//   rss_mib   the most memory of the process, setup_* what it took to get ready
// Runs on Node and on Bun. For TLS with an own authority set NODE_EXTRA_CA_CERTS.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    workload: { type: "string", default: "trigger" },
    mode: { type: "string", default: "clients" },
    targets: { type: "string", default: "1" },
    units: { type: "string", default: "10000" },
    "in-flight": { type: "string", default: "1" },
    chunk: { type: "string", default: "1000" },
    "token-prefix": { type: "string", default: "tr_prod_t" },
  },
});

export const asked = {
  ...values,
  targets: Number(values.targets),
  units: Number(values.units),
  inFlight: Number(values["in-flight"]),
  chunk: Number(values.chunk),
};

export const tokenOf = (target) => asked["token-prefix"] + target;
export const projectOf = (target) => "proj_" + tokenOf(target).split("_").pop();

const nonce = randomUUID();
export const keyOf = (number) => nonce + "-" + number;
export const payloadOf = (number) => ({
  customer: number,
  plan: "pro",
  note: "a short text that stands for what a small event carries",
});

const memory = (field) => Number(new RegExp(field + ":\\s+(\\d+)").exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function percentile(sorted, of) {
  return sorted.length === 0 ? 0 : sorted[Math.floor(of * (sorted.length - 1))];
}

// Does call(n) for each n below `calls`, so many at once; a call returns how many of its units failed. `prepare` is
// measured along, for what has to be asked before.
export async function measure(call, { calls = asked.units, weigh = () => 1, prepare = async () => {} } = {}) {
  const setup = { setup_cpu_s: cpuSeconds(), setup_rss_mib: memory("VmRSS") };
  const took = new Float64Array(calls);
  let next = 0;
  let errors = 0;
  const worker = async () => {
    for (let n = next++; n < calls; n = next++) {
      const begun = performance.now();
      try {
        errors += (await call(n)) ? weigh(n) : 0;
      } catch (failure) {
        if (errors === 0) console.error(failure);
        errors += weigh(n);
      }
      took[n] = performance.now() - begun;
    }
  };
  const cpu = cpuSeconds();
  const begun = performance.now();
  await prepare();
  await Promise.all(Array.from({ length: Math.min(asked.inFlight, calls) }, worker));
  const wall = (performance.now() - begun) / 1000;
  const used = cpuSeconds() - cpu;
  took.sort();
  console.log(
    JSON.stringify({
      units: asked.units,
      wall_s: wall,
      cpu_s: used,
      p50_ms: percentile(took, 0.5),
      p99_ms: percentile(took, 0.99),
      rss_mib: memory("VmHWM"),
      errors,
      ...setup,
    }),
  );
  process.exit(errors === 0 ? 0 : 1); // kept connections would hold the process
}
