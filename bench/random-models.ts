import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { normal, type RandomState, randomState, uniform } from "../src/inference/rng.ts";
import { bytesSource } from "../src/io/byte-source.ts";
import { writeNpz } from "../src/io/npz.ts";
import type { Evaluation } from "../src/likelihood/evaluation.ts";
import { planSpec } from "../src/likelihood/from-spec.ts";
import type { BackendChoice } from "../src/likelihood/plan.ts";
import { parseSpec } from "../src/model/parse-spec.ts";
import { wasmMemoryBytes } from "./wasm-memories.ts";

/**
 * Lens models as a search may propose them, from priors much wider than any that is meant: each has to have a finite
 * evidence, or say why it has none.
 *
 *   node --expose-gc bench/random-models.ts --count 10000 --seed 1
 */

const MESHES = {
  delaunay: "{ type: delaunay, image_mesh: { type: overlay, shape: [10, 10] } }",
  natural_neighbor: "{ type: voronoi_natural_neighbor, image_mesh: { type: overlay, shape: [10, 10] } }",
  rectangular: "{ type: rectangular_uniform, shape: [9, 9] }",
  rectangular_by_density: "{ type: rectangular_adapt_density, shape: [9, 9] }",
};

const prior = (lower: number, upper: number) => `{ prior: uniform, lower: ${lower}, upper: ${upper} }`;

const spec = (mesh: string, regularization: string, positiveOnly: boolean) => `
datasets:
  hst:
    type: imaging
    data: hst.npz
    noise_map: hst.npz
    psf: hst.npz
    pixel_scale: 0.1
    mask: { type: circular, radius: 1.45 }
galaxies:
  lens:
    redshift: 0.5
    bulge: { profile: Sersic, ell_comps: [0.05, -0.1], intensity: linear, effective_radius: 0.4, sersic_index: 2.0 }
    mass:
      profile: PowerLaw
      centre: [${prior(-1, 1)}, ${prior(-1, 1)}]
      ell_comps: [${prior(-0.8, 0.8)}, ${prior(-0.8, 0.8)}]
      einstein_radius: ${prior(0.1, 5)}
      slope: ${prior(1.2, 2.8)}
    shear: { profile: ExternalShear, gamma_1: ${prior(-0.4, 0.4)}, gamma_2: ${prior(-0.4, 0.4)} }
  source:
    redshift: 1.0
    pixelization:
      mesh: ${mesh}
      regularization: { type: ${regularization}, coefficient: { prior: log_uniform, lower: 0.0001, upper: 1000000 } }
settings: { positive_only: ${positiveOnly} }
`;

/** A ring and a bulge in noise: what the models are is far from it, as they are at the beginning of a search. */
function observation(): Uint8Array {
  const random = randomState(7);
  const shape = [30, 30];
  const sigma = 0.03;
  const data = Float64Array.from({ length: 900 }, (_, pixel) => {
    const [y, x] = [(14.5 - Math.floor(pixel / 30)) / 10, ((pixel % 30) - 14.5) / 10];
    const radius = Math.hypot(y, x);
    return Math.exp(-(((radius - 0.9) / 0.1) ** 2)) + Math.exp(-4 * radius) + sigma * normal(random);
  });
  const psf = Float64Array.from({ length: 25 }, (_, k) =>
    Math.exp(-(((k % 5) - 2) ** 2 + (Math.floor(k / 5) - 2) ** 2)),
  );
  return writeNpz({
    data: { dtype: "f8", shape, data },
    noise_map: { dtype: "f8", shape, data: new Float64Array(900).fill(sigma) },
    psf: { dtype: "f8", shape: [5, 5], data: psf },
  });
}

/** What became of the models of one mesh. */
export interface RandomModels {
  readonly name: string;
  readonly count: number;
  /** By its reason, how many had no likelihood. */
  readonly refused: ReadonlyMap<string, number>;
  /** Numbers that are not finite where no reason is given, with the model; there is to be none. */
  readonly broken: readonly string[];
  readonly slowest: number;
  readonly seconds: number;
}

export interface RandomModelsOptions {
  readonly count: number;
  readonly seed: number;
  readonly backend?: BackendChoice;
  /** Called with the values of every model that is refused. */
  readonly onRefused?: (name: string, reason: string, values: Readonly<Record<string, number>>) => void;
}

/** Evaluates `count` random models, as many of each mesh, of sources of either sign and of positive ones. */
export async function randomModels({ count, seed, backend = "auto", onRefused }: RandomModelsOptions) {
  const random = randomState(seed);
  const bytes = observation();
  const results: RandomModels[] = [];
  const regularizations = ["constant", "constant_split"];
  const kinds = Object.entries(MESHES).flatMap(([mesh, text]) =>
    regularizations
      .filter((regularization) => regularization === "constant" || mesh === "delaunay")
      .flatMap((regularization) => [false, true].map((positive) => ({ mesh, text, regularization, positive }))),
  );
  for (const { mesh, text, regularization, positive } of kinds) {
    const name = `${mesh}, ${regularization}, ${positive ? "positive only" : "linear"}`;
    const open = async (path: string) => bytesSource(bytes, path);
    const parsed = parseSpec(spec(text, regularization, positive), "random.yaml");
    const { likelihood, model } = await planSpec(parsed, { open, backend });
    const refused = new Map<string, number>();
    const broken: string[] = [];
    let [slowest, seconds] = [0, 0];
    const own = Math.ceil(count / kinds.length);
    for (let i = 0; i < own; i++) {
      const values = drawn(random);
      const vector = Float64Array.from(model.parameters, ({ path }) => values[path.split(".").slice(1).join(".")]);
      const before = performance.now();
      const [evaluation] = await likelihood.evaluate(vector);
      const took = (performance.now() - before) / 1000;
      [slowest, seconds] = [Math.max(slowest, took), seconds + took];
      if (evaluation.failure !== null) {
        refused.set(evaluation.failure, (refused.get(evaluation.failure) ?? 0) + 1);
        onRefused?.(name, evaluation.failure, values);
      } else if (!hasNumbers(evaluation)) broken.push(`${name}: ${JSON.stringify(values)}`);
    }
    results.push({ name, count: own, refused, broken, slowest, seconds });
  }
  return results;
}

function hasNumbers({ logEvidence, logLikelihood, terms, sources, datasets }: Evaluation): boolean {
  const numbers = [logEvidence!, logLikelihood, ...(Object.values(terms) as number[])];
  const arrays = [...sources.map(({ values }) => values), ...datasets.map(({ image }) => image)];
  return numbers.every(Number.isFinite) && arrays.every((array) => array.every(Number.isFinite));
}

/** By the paths of parameters after their galaxy's name. */
function drawn(random: RandomState): Readonly<Record<string, number>> {
  const between = (lower: number, upper: number) => lower + (upper - lower) * uniform(random);
  // Beyond 1 there is no ellipse.
  let ell = [1, 1];
  while (Math.hypot(...ell) >= 1) ell = [between(-0.8, 0.8), between(-0.8, 0.8)];
  return {
    "lens.mass.centre.0": between(-1, 1),
    "lens.mass.centre.1": between(-1, 1),
    "lens.mass.ell_comps.0": ell[0],
    "lens.mass.ell_comps.1": ell[1],
    "lens.mass.einstein_radius": between(0.1, 5),
    "lens.mass.slope": between(1.2, 2.8),
    "lens.shear.gamma_1": between(-0.4, 0.4),
    "lens.shear.gamma_2": between(-0.4, 0.4),
    "source.pixelization.regularization.coefficient": 10 ** between(-4, 6),
  };
}

/** MB of the heap, of typed arrays outside of it, of WebAssembly and of the process. */
function memory(): string {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const parts = { heap: heapUsed, arrays: arrayBuffers, wasm: wasmMemoryBytes(), process: rss };
  return Object.entries(parts)
    .map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`)
    .join(", ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "10000" },
      seed: { type: "string", default: "1" },
      verbose: { type: "boolean", default: false },
    },
  });
  const [count, seed] = [Number(values.count), Number(values.seed)];
  // Plans, compiled kernels and grown memories are there after a few.
  await randomModels({ count: 100, seed: seed + 1 });
  console.log(`before: ${memory()}`);
  const onRefused = (...refused: unknown[]) => values.verbose && console.log(JSON.stringify(refused));
  const results = await randomModels({ count, seed, onRefused });
  for (const { name, count, refused, broken, slowest, seconds } of results) {
    const mean = ((1000 * seconds) / count).toFixed(1);
    console.log(`${name}: ${count} models, ${mean} ms each, the slowest ${(1000 * slowest).toFixed(0)} ms`);
    for (const [reason, times] of refused) console.log(`  refused ${times}: ${reason}`);
    for (const model of broken) console.log(`  NOT FINITE ${model}`);
  }
  console.log(`after: ${memory()}`);
}
