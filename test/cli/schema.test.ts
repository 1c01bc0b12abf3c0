import { expect, test } from "vitest";
import { specJsonSchema } from "../../src/model/json-schema.ts";
import { runCollecting } from "./collecting-io.ts";

test.each([[["schema"]], [["schema", "--json"]]])("arclet %j prints the JSON Schema", async (argv) => {
  const { code, stdout, stderr } = await runCollecting(argv);
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toEqual(specJsonSchema());
});
