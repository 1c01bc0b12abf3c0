import fc from "fast-check";
import { expect, test } from "vitest";
import { InputHash } from "../../src/dataset/input-hash.ts";

const array = Float64Array.from({ length: 2 * 20_000 }, (_, k) => Math.sin(k));

async function hashOf(rowsAtATime: readonly number[], first = array, second = array): Promise<string> {
  const hash = new InputHash(2);
  for (let from = 0, n = 0; from < first.length; n++) {
    const to = from + 2 * rowsAtATime[n % rowsAtATime.length];
    // Written over afterwards, as a reader's buffer may be.
    const pieces = [first.slice(from, to), second.slice(from, to)];
    await hash.update(pieces);
    for (const piece of pieces) piece.fill(0);
    from = to;
  }
  return hash.digest();
}

test("it does not depend on how many rows come at a time", async () => {
  const whole = await hashOf([20_000]);
  expect(whole).toMatch(/^[0-9a-f]{64}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 4 }), async (rows) => {
      fc.pre(Math.max(...rows) > 100);
      expect(await hashOf(rows)).toBe(whole);
    }),
    { numRuns: 20 },
  );
});

test("every value of every array counts, and so does their order", async () => {
  const other = array.slice();
  other[array.length - 1] += 1e-16;
  expect(other[array.length - 1]).not.toBe(array[array.length - 1]);
  const hashes = [await hashOf([5000]), await hashOf([5000], other), await hashOf([5000], array, other)];
  expect(new Set(hashes).size).toBe(3);
});

test("a block is hashed by SHA-256, and so are the digests", async () => {
  // hashlib.sha256(hashlib.sha256(struct.pack("<2d", 1, 2)).digest() + hashlib.sha256(struct.pack("<2d", 3, 4)).digest())
  const hash = new InputHash(2);
  await hash.update([Float64Array.of(1, 2), Float64Array.of(3, 4)]);
  expect(await hash.digest()).toBe("f9444112165b3802f2b7d1656708f5aff229d7a80dfb1a9d63a1670ee733e264");
});
