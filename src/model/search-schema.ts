import * as z from "zod";
import { inForm } from "./json-form.ts";
import { oneOf, quantity, strict, tagged } from "./schema.ts";

/** What a search may spend. One that ends there says so; the next phase goes on with what it found. */
export interface StopRules {
  /** Of the likelihood. */
  readonly evaluations: number;
}

/** How a posterior is looked for: a sampler by its name, and its options by the names that they have in code. */
export interface SearchSpec {
  readonly method: SearchMethod;
  readonly options: Readonly<Record<string, number | string>>;
  /** Values of free parameters, by their paths, about which starts are; those that it leaves out begin at their priors' medians. */
  readonly start?: Readonly<Record<string, number>>;
  readonly stop: StopRules;
  /** On so many meshes of a pixelized source; 1 is its own alone. */
  readonly meshes: number;
}

const MOST = 1e6;

function whole(least: number, of: string) {
  const remedy = `give ${of}, a whole number from ${least} to ${MOST}`;
  return z.int({ error: remedy }).min(least, { error: remedy }).max(MOST, { error: remedy }).optional();
}

function above(least: number, of: string, most = Infinity) {
  const limit = most === Infinity ? "" : ` and at most ${most}`;
  const isWithin = (value: number) => value > least && value <= most;
  return quantity("none", `${of}, a number above ${least}${limit}`, isWithin).optional();
}

const nested = {
  live_points: whole(4, "the live points"),
  batch: whole(1, "the points of a batch"),
  proposal: oneOf(["auto", "uniform", "random-walk", "slice"]).optional(),
  walk_length: whole(1, "the steps of a walk"),
  evidence_tolerance: above(0, "the evidence that may be left, in ln Z"),
};

const climbing = {
  starts: whole(1, "the starts"),
  maximum_iterations: whole(1, "the iterations of each start"),
  basin_tolerance: above(0, "the distance within a basin, in the unit cube", 1),
};

type Options = Readonly<Record<string, z.ZodType<number | string | undefined>>>;

/** Every method with its options, by their names in files. */
const METHODS = {
  nested,
  dynamic_nested: {
    ...nested,
    priority: quantity("none", "the share of the posterior, from 0 to 1", (p) => p >= 0 && p <= 1).optional(),
    effective_samples: whole(1, "the effective samples"),
    evidence_error: above(0, "the error of ln Z"),
    batches: whole(1, "the batches"),
  },
  ensemble: {
    walkers: whole(4, "the walkers, an even number"),
    maximum_steps: whole(1, "the steps of each walker"),
    autocorrelation_times: above(0, "the length of the chains in autocorrelation times"),
    differential_evolution: quantity("none", "the share of such moves, 0 to 1", (p) => p >= 0 && p <= 1).optional(),
  },
  particle_swarm: {
    particles: whole(2, "the particles"),
    maximum_iterations: whole(1, "the iterations"),
    patience: whole(1, "the iterations without a gain"),
    tolerance: above(0, "the smallest gain, in the log likelihood"),
  },
  lbfgs: {
    ...climbing,
    climbers: whole(1, "the starts that climb to the end, the best after a climb of the tempered likelihood"),
    tolerance: above(0, "the smallest gain, in the log likelihood"),
  },
  adam: { ...climbing, learning_rate: above(0, "the first steps, in ln(u / (1 - u))") },
  nuts: {
    chains: whole(1, "the chains"),
    warmup: whole(1, "the iterations of the warm-up"),
    samples: whole(1, "the samples of each chain"),
    acceptance: above(0, "the acceptance aimed at", 0.999),
    metric: oneOf(["diagonal", "dense"]).optional(),
    maximum_depth: whole(1, "the depth of trajectories"),
  },
  giga_lens: {
    starts: whole(1, "the starts"),
    climbers: whole(1, "the starts that climb to the end"),
    maximum_iterations: whole(1, "the iterations of each climb"),
    chains: whole(1, "the chains"),
    warmup: whole(0, "the iterations of the warm-up"),
    samples: whole(1, "the samples of each chain"),
    acceptance: above(0, "the acceptance aimed at", 0.999),
  },
  importance: {
    starts: whole(1, "the starts"),
    climbers: whole(1, "the starts that climb to the end"),
    maximum_iterations: whole(1, "the iterations of each climb"),
    batch: whole(10, "the draws between two fits of the proposal"),
    effective_samples: whole(1, "the effective samples"),
    maximum_evaluations: whole(10, "the most draws"),
  },
} as const satisfies Readonly<Record<string, Options>>;

export type SearchMethod = keyof typeof METHODS;

const stop = strict({
  evaluations: quantity("none", "a number of evaluations above zero", (count) => count > 0).default(Infinity),
});

const UNLIMITED: StopRules = { evaluations: Infinity };

/** What a spec without `search` means. */
export const DEFAULT_SEARCH: SearchSpec = { method: "nested", options: {}, stop: UNLIMITED, meshes: 1 };

/** Those that end with a posterior, which can be that of several meshes. */
const SAMPLING: ReadonlySet<SearchMethod> = new Set([
  "nested",
  "dynamic_nested",
  "ensemble",
  "nuts",
  "giga_lens",
  "importance",
]);

/** Those that climb, from starts that may be about a point. */
const CLIMBING: ReadonlySet<SearchMethod> = new Set(["lbfgs", "giga_lens", "importance"]);

const startValues = inForm(
  z.record(z.string(), quantity("none", "a number, by the path of a free parameter"), {
    error: "give a map from free parameters to their values: galaxies.lens.mass.einstein_radius: 1.2",
  }),
  {
    type: "object",
    description: "values of free parameters by their paths; in phases also from: an earlier phase",
    properties: { from: { type: "string" } },
    additionalProperties: { type: "number" },
  },
);

function methodSchema(method: SearchMethod): z.ZodType<SearchSpec> {
  const start = CLIMBING.has(method) ? { start: startValues.optional() } : {};
  const meshes: Options = SAMPLING.has(method) ? { meshes: whole(1, "the meshes of the source") } : {};
  const options: Options = { ...METHODS[method], ...meshes };
  return strict({ method: z.literal(method), stop: stop.default(UNLIMITED), ...options, ...start }).transform(
    ({ method: _, stop, ...given }): SearchSpec => {
      const { start, ...rest } = given as Pick<SearchSpec, "start">;
      const { meshes = 1, ...options } = rest as Readonly<Record<string, number | string | undefined>>;
      return {
        method,
        stop: stop as StopRules,
        meshes: meshes as number,
        ...(start === undefined ? {} : { start }),
        options: Object.fromEntries(
          Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[inCode(name), value]])),
        ),
      };
    },
  );
}

/** The entry `search` of a spec. */
export const search: z.ZodType<SearchSpec> = tagged<SearchSpec>(
  "method",
  Object.fromEntries((Object.keys(METHODS) as SearchMethod[]).map((method) => [method, methodSchema(method)])),
);

function inCode(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
