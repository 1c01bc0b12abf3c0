import { expect, test } from "vitest";
import { oneByOne } from "../../src/likelihood/one-by-one.ts";

function busy(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test("timers get their turn between evaluations that take long", async () => {
  let turns = 0;
  const beat = setInterval(() => turns++, 10);
  const vectors = [1, 2, 3, 4, 5].map((value) => Float64Array.of(value));
  const results = await oneByOne(vectors, ([value]) => {
    busy(120);
    return value;
  });
  clearInterval(beat);
  expect(results).toEqual([1, 2, 3, 4, 5]);
  expect(turns).toBeGreaterThanOrEqual(3);
});

test("what fails rejects", async () => {
  const fail = () => {
    throw new Error("no likelihood");
  };
  await expect(oneByOne([Float64Array.of(1)], fail)).rejects.toThrow("no likelihood");
});
