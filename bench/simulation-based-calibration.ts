/*
 * Do samplers draw from the posterior of a lens model? Simulation-based calibration of each, `sampling/calibrate.ts`:
 *
 *   node bench/simulation-based-calibration.ts [--simulations 200] [--draws 63] [--seed 1] [--sampler nested]
 *     [--side 30] [--noise 0.3] [--stated-noise 1]
 *
 * For each parameter of the lens (30 x 30 pixels) and for the log likelihood: the p-value of its ranks being uniform; the
 * mean rank over that of uniform ones, which is above 1 where the posterior is too low; their standard deviation over that
 * of uniform ones, above 1 where the posterior is too narrow (`--stated-noise 0.7` makes one). Of all p-values of a sampler
 * one in a hundred is below 0.01.
 */
import { parseArgs } from "node:util";
import { mean, standardDeviation } from "../src/bench/statistics.ts";
import { aligned } from "../src/bench/table.ts";
import { ensembleSampler } from "../src/inference/ensemble/ensemble.ts";
import { nuts } from "../src/inference/hamiltonian/nuts.ts";
import { dynamicNestedSampler } from "../src/inference/nested/dynamic.ts";
import { nestedSampler } from "../src/inference/nested/static.ts";
import { rankUniformity } from "../src/inference/statistics/rank-uniformity.ts";
import { type Calibration, calibrate } from "./sampling/calibrate.ts";
import { lensScene } from "./sampling/lens-scene.ts";

const { values } = parseArgs({
  options: {
    simulations: { type: "string", default: "200" },
    draws: { type: "string", default: "63" },
    seed: { type: "string", default: "1" },
    sampler: { type: "string", default: "" },
    side: { type: "string", default: "30" },
    noise: { type: "string", default: "0.3" },
    "stated-noise": { type: "string", default: "1" },
  },
});
const [simulations, draws, seed] = [values.simulations, values.draws, values.seed].map(Number);
const scene = lensScene({
  side: Number(values.side),
  noise: Number(values.noise),
  statedNoise: Number(values["stated-noise"]),
});
const onSimulation = (finished: number) => process.stderr.write(`\r${finished} of ${simulations} `);
const options = { simulations, draws, seed, onSimulation };

const SAMPLERS: Readonly<Record<string, () => Promise<Calibration>>> = {
  nested: () => calibrate(scene, nestedSampler(), options),
  "dynamic nested": () => calibrate(scene, dynamicNestedSampler({ livePoints: 100, effectiveSamples: 1000 }), options),
  NUTS: () => calibrate(scene, nuts({ samples: 500 }), options),
  ensemble: () => calibrate(scene, ensembleSampler(), options),
};

for (const [name, calibrated] of Object.entries(SAMPLERS).filter(([name]) => name.includes(values.sampler))) {
  const began = performance.now();
  const calibration = await calibrated();
  const seconds = (performance.now() - began) / 1000 / simulations;
  process.stderr.write("\r");
  console.log(
    [
      `${name}: ${simulations} simulations, ${draws} draws of each, of ${calibration.effectiveSamples.toFixed(0)} effective samples or more;`,
      `${(calibration.evaluations / simulations).toFixed(0)} evaluations and ${seconds.toPrecision(3)} s each;`,
      `${calibration.warned.length} warned${calibration.warned.length > 0 ? `, the first: ${calibration.warned[0]}` : ""}`,
    ].join("\n  "),
  );
  console.log(`${aligned([["quantity", "p-value", "mean", "width"], ...rowsOf(calibration)], 1)}\n`);
}

function rowsOf({ ranks }: Calibration): string[][] {
  // A whole number uniform from 0 to L has the variance L (L + 2) / 12.
  const [expected, width] = [draws / 2, Math.sqrt((draws * (draws + 2)) / 12)];
  return [...ranks].map(([quantity, of]) => [
    quantity,
    rankUniformity(of, draws).toPrecision(2),
    (mean(of) / expected).toFixed(3),
    (standardDeviation(of, mean(of)) / width).toFixed(3),
  ]);
}
