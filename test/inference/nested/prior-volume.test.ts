import { describe, expect, test } from "vitest";
import { NO_LIKELIHOOD, WHOLE_PRIOR } from "../../../src/inference/nested/points.ts";
import { weigh } from "../../../src/inference/nested/prior-volume.ts";
import { randomState, uniform } from "../../../src/inference/rng.ts";

describe("live points are counted from births and deaths", () => {
  test("a point is replaced by one born above it; the last die without", () => {
    // 1 -> 4, 2 -> 3, then 3 and 4 end.
    const { liveCounts, order } = weigh(Float64Array.of(4, 1, 3, 2), Float64Array.of(1, WHOLE_PRIOR, 2, WHOLE_PRIOR));
    expect([...order]).toEqual([1, 3, 2, 0]);
    expect([...liveCounts]).toEqual([2, 2, 2, 1]);
  });

  test("a plateau is left all at once, that of no likelihood too", () => {
    const none = NO_LIKELIHOOD;
    const births = Float64Array.of(WHOLE_PRIOR, WHOLE_PRIOR, WHOLE_PRIOR, none, none);
    const weighing = weigh(Float64Array.of(none, none, 5, 6, 7), births);
    expect([...weighing.liveCounts]).toEqual([3, 2, 3, 2, 1]);
    expect([...weighing.logWeights.slice(0, 2)]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });
});

test("a likelihood that is linear in the volume has the evidence of its integral", () => {
  // Points where they are expected: ln X_i = -i / n.
  const live = 1000;
  const volumes = Array.from({ length: 12 * live }, (_, i) => Math.exp(-(i + 1) / live));
  const logLikelihoods = Float64Array.from(volumes, (volume) => Math.log(1 - volume));
  const births = logLikelihoods.map((_, i) => (i < live ? WHOLE_PRIOR : logLikelihoods[i - live]));
  const { logEvidence, logWeights } = weigh(logLikelihoods, births);
  // The trapezoid's error is of the order of 1 / n^2, less the first shell's.
  expect(logEvidence).toBeCloseTo(Math.log(0.5), 5);
  expect(logWeights.reduce((sum, weight) => sum + Math.exp(weight), 0)).toBeCloseTo(1, 12);
});

test("the error is the scatter of ln Z over shrinkages drawn at random", () => {
  // ln L = -X^(2/3) / 0.001, a normal peak in three dimensions.
  const live = 50;
  const random = randomState(5);
  const logLikelihoods = new Float64Array(15 * live);
  for (let i = 0, volume = 1; i < logLikelihoods.length; i++) {
    volume *= uniform(random) ** (1 / live);
    logLikelihoods[i] = -(volume ** (2 / 3)) / 0.001;
  }
  const births = logLikelihoods.map((_, i) => (i < live ? WHOLE_PRIOR : logLikelihoods[i - live]));
  const { logEvidence, logEvidenceError, liveCounts, information } = weigh(logLikelihoods, births);
  const drawn = Array.from({ length: 2000 }, () => {
    let [evidence, outer] = [0, 1];
    logLikelihoods.forEach((logLikelihood, i) => {
      const inner = outer * uniform(random) ** (1 / liveCounts[i]);
      evidence += (outer - inner) * Math.exp(logLikelihood - logEvidence);
      outer = inner;
    });
    return Math.log(evidence);
  });
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const scatter = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length);
  // 2000 draws tell the scatter to 1.6 %; first order is a few per cent off at 50 live points.
  expect(Math.abs(logEvidenceError / scatter - 1)).toBeLessThan(0.08);
  expect(Math.abs(mean)).toBeLessThan(0.1 * scatter);
  expect(logEvidenceError).toBeLessThan(1.1 * Math.sqrt(information / live));
});
