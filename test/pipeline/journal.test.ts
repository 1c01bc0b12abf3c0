import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FileJournal } from "../../src/cli/file-journal.ts";
import { nuts } from "../../src/inference/hamiltonian/nuts.ts";
import { nestedSampler } from "../../src/inference/nested/static.ts";
import { randomState, uniform } from "../../src/inference/rng.ts";
import { type RunEnd, runSampler } from "../../src/inference/run.ts";
import type { SmoothTarget } from "../../src/inference/sampler.ts";
import { type Journal, journaled, journalInMemory } from "../../src/pipeline/journal.ts";
import { type AnySampler, searchSampler } from "../../src/pipeline/search-sampler.ts";

/** A Gaussian in the middle of the square, with a corner where there is no likelihood; counts what it is asked for. */
function target(): SmoothTarget & { asked: number; failures: Map<string, number> } {
  const failures = new Map<string, number>();
  const valueAt = (x: number, y: number) => {
    if (x + y > 1.7) {
      failures.set("beyond the corner", (failures.get("beyond the corner") ?? 0) + 1);
      return Number.NEGATIVE_INFINITY;
    }
    return -50 * ((x - 0.5) ** 2 + (y - 0.4) ** 2);
  };
  return {
    dimensions: 2,
    asked: 0,
    failures,
    async logLikelihoods(points) {
      this.asked += points.length / 2;
      return Float64Array.from({ length: points.length / 2 }, (_, i) => valueAt(points[2 * i], points[2 * i + 1]));
    },
    async withGradients(points) {
      const logLikelihoods = await this.logLikelihoods(points);
      const gradients = points.map((u, i) =>
        logLikelihoods[i >> 1] > -Infinity ? -100 * (u - (i % 2 ? 0.4 : 0.5)) : 0,
      );
      return { logLikelihoods, gradients };
    },
  };
}

const SAMPLERS: Readonly<Record<string, AnySampler>> = {
  nested: nestedSampler({ livePoints: 25 }) as unknown as AnySampler,
  nuts: nuts({ chains: 2, warmup: 40, samples: 20 }) as unknown as AnySampler,
  particle_swarm: searchSampler({ method: "particle_swarm", options: { particles: 8 } }, { parameters: [] }),
};

async function search(sampler: AnySampler, journal: Journal, inner = target()) {
  const journaling = journaled(inner, journal, "fit");
  const end = await runSampler(sampler, journaling, { random: randomState(3) });
  return { end, failures: Object.fromEntries(journaling.failures), asked: inner.asked, replayed: journaling.replayed };
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "arclet-journal-"));
});
afterAll(() => rm(directory, { recursive: true }));

function inFile<T>(path: string, use: (journal: FileJournal) => Promise<T>): Promise<T> {
  const journal = new FileJournal(path);
  return use(journal).finally(() => journal.close());
}

test.each(Object.keys(SAMPLERS))("a journal cut anywhere gives the search that was not: %s", async (name) => {
  const path = join(directory, `${name}.journal`);
  const whole = await inFile(path, (journal) => search(SAMPLERS[name], journal));
  expect(whole.replayed).toBe(0);
  const bytes = readFileSync(path);
  const random = randomState(11);
  const cuts = [
    0,
    3,
    bytes.length - 1,
    bytes.length,
    ...Array.from({ length: 8 }, () => uniform(random) * bytes.length),
  ];
  for (const cut of cuts) {
    writeFileSync(path, bytes.subarray(0, cut));
    const resumed = await inFile(path, (journal) => search(SAMPLERS[name], journal));
    expect(resumed.end).toEqual(whole.end);
    expect(resumed.failures).toEqual(whole.failures);
    expect(resumed.asked + resumed.replayed).toBe(whole.asked);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  }
  // Of the whole journal nothing was computed, and damage costs no more than what comes after it.
  expect((await inFile(path, (journal) => search(SAMPLERS[name], journal))).asked).toBe(0);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  writeFileSync(path, bytes);
  const repaired = await inFile(path, (journal) => search(SAMPLERS[name], journal));
  expect(repaired.end).toEqual(whole.end);
  expect(repaired.replayed).toBeGreaterThan(0);
});

test("reasons for failures are counted over all runs", async () => {
  const { entries, ...journal } = journalInMemory();
  const { failures } = await search(SAMPLERS.nested, journal);
  expect(failures["beyond the corner"]).toBeGreaterThan(0);
  const resumed = await search(SAMPLERS.nested, journalInMemory(entries.slice(0, 3)));
  expect(resumed.failures).toEqual(failures);
});

test("a journal of another search is refused", async () => {
  const { entries, ...journal } = journalInMemory();
  await search(SAMPLERS.nested, journal);
  const other = () =>
    runSampler(SAMPLERS.nested, journaled(target(), journalInMemory([...entries]), "fit"), { random: randomState(4) });
  await expect(other()).rejects.toThrow(/of another search/);
  expect(() => journaled(target(), journalInMemory([...entries]), "mass")).toThrow(/should begin with 'mass'/);
});

test("a search may be stopped, and goes on", async () => {
  const stopAt = (most: number) => (count: number) => (count >= most ? "enough" : null);
  const { entries, ...journal } = journalInMemory();
  const run = (journal: Journal, stop?: (count: number) => string | null): Promise<RunEnd> =>
    runSampler(SAMPLERS.nested, journaled(target(), journal, "fit"), { random: randomState(3), ...(stop && { stop }) });
  const early = await run(journal, stopAt(60));
  expect(early.stopped).toBe("enough");
  expect(early.samples.evaluations).toBeLessThan(100);
  const late = await run(journalInMemory([...entries]));
  expect(late).toEqual(await run(journalInMemory()));
  expect(late.stopped).toBe(null);
});
