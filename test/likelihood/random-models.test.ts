import { expect, test } from "vitest";
import { randomModels } from "../../bench/random-models.ts";

// `node --expose-gc bench/random-models.ts` does it for 10,000, and says what is done to memory.
test("300 random lens models in a row have an evidence, or say why they have none", async () => {
  const results = await randomModels({ count: 300, seed: 3 });
  expect(results.flatMap(({ broken }) => broken)).toEqual([]);
  const refused = results.flatMap((result) => [...result.refused]);
  // None of 10,000 were.
  expect(refused).toEqual([]);
  expect(results.reduce((sum, { count }) => sum + count, 0)).toBe(300);
  // Of each the slowest takes some 50 ms.
  expect(Math.max(...results.map(({ slowest }) => slowest))).toBeLessThan(20);
});
