import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readNpz } from "../../src/io/npz.ts";
import { logDensity } from "../../src/model/prior.ts";
import { samplesNetcdf } from "../../src/result/samples-netcdf.ts";
import { samplesNpz } from "../../src/result/samples-npz.ts";
import { readHdf5 } from "../io/hdf5-reader.ts";
import { sampledOutcome } from "./sampled-outcome.ts";

const nested = await sampledOutcome("nested");
const ensemble = await sampledOutcome("ensemble");
const column = ({ vectors, model }: typeof nested, p: number) => {
  return Array.from(vectors.filter((_, i) => i % model.parameters.length === p));
};

describe("samples.npz", () => {
  test("has every sample, in the unit cube and outside", () => {
    const arrays = readNpz(samplesNpz(nested), "samples.npz");
    const n = nested.samples.logWeights.length;
    expect(arrays.get("values")).toEqual({ dtype: "f8", shape: [n, 4], data: nested.vectors });
    expect(arrays.get("unit_points")?.data).toEqual(nested.samples.points);
    expect(arrays.get("log_weight")?.data).toEqual(nested.samples.logWeights);
    expect(arrays.get("log_likelihood")?.data).toEqual(nested.samples.logLikelihoods);
    expect(arrays.has("chain")).toBe(false);
    const names = unzipSync(samplesNpz(nested))["parameters.json"];
    expect(JSON.parse(new TextDecoder().decode(names))).toEqual(nested.model.parameters.map(({ path }) => path));
  });

  test("says which chain and which draw a sample is", () => {
    const arrays = readNpz(samplesNpz(ensemble), "samples.npz");
    expect(arrays.get("chain")?.data.slice(14, 18)).toEqual(Int32Array.of(14, 15, 0, 1));
    expect(arrays.get("draw")?.data.slice(14, 18)).toEqual(Int32Array.of(0, 0, 1, 1));
  });
});

describe("samples.nc", () => {
  test("has chains by chain and draw", () => {
    const { posterior, sample_stats } = readHdf5(samplesNetcdf(ensemble, "1.2.3")).members;
    const radius = posterior.members["galaxies.lens.mass.einstein_radius"];
    const [chains, draws] = radius.shape;
    expect(chains).toBe(16);
    expect(chains * draws).toBe(ensemble.samples.logWeights.length);
    const inOrder = Array.from({ length: draws }, (_, draw) =>
      radius.values.filter((_, i) => i % draws === draw),
    ).flat();
    expect(inOrder).toEqual(column(ensemble, 2));
    expect(posterior.attributes).toEqual({ inference_library: "arclet", inference_library_version: "1.2.3" });
    expect(sample_stats.members.log_likelihood.shape).toEqual([chains, draws]);
  });

  test("has log posterior densities", () => {
    const { posterior, sample_stats } = readHdf5(samplesNetcdf(ensemble, "")).members;
    const prior = ensemble.model.parameters.reduce(
      (sum, parameter) => sum + logDensity(parameter.prior, posterior.members[parameter.path].values[7]),
      0,
    );
    const { lp, log_likelihood } = sample_stats.members;
    expect(lp.values[7]).toBeCloseTo(log_likelihood.values[7] + prior, 10);
  });

  test("of nested sampling has draws of equal weight, and all points with theirs", () => {
    const file = readHdf5(samplesNetcdf(nested, ""));
    const { posterior, weighted_samples } = file.members;
    const path = "galaxies.lens.mass.einstein_radius";
    const weights = nested.samples.logWeights.map(Math.exp);
    const worth = 1 / weights.reduce((sum, weight) => sum + weight ** 2, 0);
    const { shape, values } = posterior.members[path];
    expect(shape).toEqual([1, Math.round(worth)]);
    expect(weighted_samples.members[path].values).toEqual(column(nested, 2));
    expect(weighted_samples.members.log_weight.values).toEqual(Array.from(nested.samples.logWeights));
    // The error of a mean of so many draws; and shuffled: neighbors in a file sorted by likelihood would be alike.
    const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
    expect(Math.abs(mean(values) - 1.4)).toBeLessThan((4 * 0.02) / Math.sqrt(worth / 2));
    const rising = posterior.members[path].values
      .map((_, i) => stats(file).values[i])
      .filter((v, i, all) => v > all[i - 1]);
    expect(rising.length / shape[1]).toBeLessThan(0.6);
    expect(file.attributes.log_evidence).toBe(nested.samples.logEvidence?.value);
  });

  test("is the same bytes for the same samples", () => {
    expect(Buffer.compare(samplesNetcdf(nested, "1"), samplesNetcdf(nested, "1"))).toBe(0);
  });

  test("is refused where there is no posterior", () => {
    const samples = { ...nested.samples, logEvidence: null };
    expect(() => samplesNetcdf({ ...nested, samples }, "")).toThrow(/take samples.npz/);
  });
});

function stats(file: ReturnType<typeof readHdf5>) {
  return file.members.sample_stats.members.log_likelihood;
}
