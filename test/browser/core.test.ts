import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bytesSource } from "../../src/index.ts";
import { noBrowser } from "./chromium.ts";
import { CASE_FOLDER, type CoreNumbers, compiledCase, evaluateCase, fitCase, kernelsCase } from "./core-case.ts";
import type { CorePage } from "./core-page.ts";
import type { CoreResult } from "./core-worker.ts";
import { visit } from "./visit.ts";

const root = resolve(import.meta.dirname, "../..");
const open = async (name: string) => bytesSource(await readFile(join(root, CASE_FOLDER, name)), name);

describe.skipIf(noBrowser !== undefined)(`the library in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let page: CorePage;
  let core: CoreResult;
  beforeAll(async () => {
    const messages: unknown[] = [];
    await visit("core-page.ts", (message) => messages.push(JSON.parse(message)) === 2);
    [page, core] = messages as [CorePage, CoreResult];
  });

  test("loads, with shared memory and relaxed SIMD", () => {
    expect(page.names).toBeGreaterThan(50);
    expect(core).toMatchObject({ isolated: true, bestBuild: "relaxed", fused: true });
  });

  test.each([0, 1])("its kernels give a likelihood to the last bit as in Node, build %i", (index) => {
    const found = core.kernels[index];
    expect(found[0]).toBeLessThan(0);
    expect(found).toEqual(kernelsCase(core.evaluations[index].build));
  });

  // Engines round Math.sin, atan, exp and others differently, by an ulp: ray tracing goes through them, and the condition
  // of the source's matrix makes more of it.
  test.each([0, 1])("evaluates a lens as Node does, build %i", async (index) => {
    const found = core.evaluations[index];
    const expected = await evaluateCase(open, found.build);
    expect(found.source).toHaveLength(120);
    const largest = Math.max(...expected.source.map(Math.abs));
    found.source.forEach((value, i) => {
      expect(Math.abs(value - expected.source[i])).toBeLessThan(1e-7 * largest);
    });
    const sums = (of: CoreNumbers) => [of.logEvidence, ...Object.values(of.terms)].map(Number);
    const others = sums(expected);
    sums(found).forEach((value, i) => {
      expect(Math.abs(value / others[i] - 1)).toBeLessThan(1e-9);
    });
  });

  test("evaluates it to the last bit on two threads", () => {
    expect(core.threaded).toEqual(core.evaluations[1]);
  });

  test.each([false, true])("compiles a model to the same numbers, with fused multiply-adds: %s", (fused) => {
    expect(core.compiled[Number(fused)]).toEqual(compiledCase(fused));
  });

  // The last bits of a likelihood differ, and with them the way that a search goes.
  test("fits a lens, and makes the report", async () => {
    const [found, expected] = [core.fit, await fitCase(open)];
    expect(Math.abs(found.median - expected.median)).toBeLessThan(expected.error);
    expect(found.error / expected.error).toBeCloseTo(1, 0);
    expect(Math.abs(found.logEvidence - expected.logEvidence)).toBeLessThan(3);
    expect(found.report / expected.report).toBeCloseTo(1, 0);
  });
});
