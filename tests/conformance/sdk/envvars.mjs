// Variables: six calls, with an environment's key, with a person's token, and of a branch.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BadRequestError, envvars, NotFoundError } from "@trigger.dev/sdk";
import { client, core, OPERATOR_PAT, refused, SHOP, SHOP_PREVIEW_KEY } from "./house.mjs";

const DONE = { success: true };

test("a variable is made, read, listed and deleted", async () => {
  assert.deepEqual(await envvars.create(SHOP, "prod", { name: "FLAVOUR", value: "plain" }), DONE);
  assert.deepEqual(await envvars.retrieve(SHOP, "prod", "FLAVOUR"), {
    name: "FLAVOUR",
    value: "plain",
    isSecret: false,
  });
  const names = (await envvars.list(SHOP, "prod")).map((one) => one.name);
  assert.ok(names.includes("FLAVOUR") && names.includes("LOG_LEVEL"));
  assert.deepEqual(await envvars.del(SHOP, "prod", "FLAVOUR"), DONE);
  await refused(envvars.retrieve(SHOP, "prod", "FLAVOUR"), NotFoundError);
});

test("a secret reads back redacted", async () => {
  assert.deepEqual(await envvars.create(SHOP, "prod", { name: "TOKEN", value: "invented", isSecret: true }), DONE);
  assert.deepEqual(await envvars.retrieve(SHOP, "prod", "TOKEN"), {
    name: "TOKEN",
    value: "<redacted>",
    isSecret: true,
  });
});

test("the SDK's own update works inside of a run alone, what it would send works", async () => {
  await envvars.create(SHOP, "prod", { name: "SIZE", value: "1" });
  await assert.rejects(async () => envvars.update(SHOP, "prod", "SIZE", { value: "2" }));
  assert.deepEqual(await core().updateEnvVar(SHOP, "prod", "SIZE", { value: "2" }), DONE);
  assert.equal((await envvars.retrieve(SHOP, "prod", "SIZE")).value, "2");
});

test("many are imported at once, or none", async () => {
  const variables = { ONE: "1", TWO: "2" };
  assert.deepEqual(await envvars.upload(SHOP, "prod", { variables }), DONE);
  await refused(envvars.upload(SHOP, "prod", { variables: { TWO: "other", THREE: "3" } }), BadRequestError);
  await refused(envvars.retrieve(SHOP, "prod", "THREE"), NotFoundError);
  assert.deepEqual(
    await envvars.upload(SHOP, "prod", { variables: { TWO: "other", THREE: "3" }, override: true }),
    DONE,
  );
  assert.equal((await envvars.retrieve(SHOP, "prod", "TWO")).value, "other");
  assert.equal((await envvars.retrieve(SHOP, "prod", "ONE")).value, "1");
});

test("an import writes secrets, and variables of a branch's parent", async () => {
  const branch = client(SHOP_PREVIEW_KEY, { previewBranch: "feat/checkout" });
  const body = { variables: { OWN: "branch" }, parentVariables: { SHARED: "parent" }, override: true };
  assert.deepEqual(await branch.envvars.upload(SHOP, "preview", body), DONE);
  const seen = Object.fromEntries((await branch.envvars.list(SHOP, "preview")).map((one) => [one.name, one.value]));
  assert.deepEqual([seen.OWN, seen.SHARED, seen.CHECKOUT, seen.REGION], ["branch", "parent", "new", "eu-central"]);
});

test("a person names the environment, and sees only what is theirs", async () => {
  const person = client(OPERATOR_PAT);
  assert.deepEqual(await person.envvars.create(SHOP, "staging", { name: "STAGE", value: "yes" }), DONE);
  assert.deepEqual(
    (await person.envvars.list(SHOP, "staging")).map((one) => one.name),
    ["STAGE"],
  );
  assert.deepEqual(await person.envvars.del(SHOP, "staging", "STAGE"), DONE);
  await assert.rejects(Promise.resolve(person.envvars.list("proj_unknownaaaaaaaaaaaaa", "prod")), { status: 404 });
});

test("what the server does not take", async () => {
  await refused(envvars.create(SHOP, "prod", { name: "EMPTY", value: "" }), BadRequestError);
  await refused(envvars.create(SHOP, "prod", { name: "TRIGGER_SECRET_KEY", value: "x" }), BadRequestError);
  await refused(envvars.list("proj_crmbbbbbbbbbbbbbbbbb", "prod"), BadRequestError, /Invalid project ref/);
});
