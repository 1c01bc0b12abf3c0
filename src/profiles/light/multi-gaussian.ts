import type { LightSet } from "../light-set.ts";
import { gaussian } from "./gaussian.ts";

/** Gaussians of these sigmas, arcseconds, around one centre and in one ellipse; a twist takes several such sets. */
export const multiGaussian: LightSet<readonly number[]> = {
  name: "MultiGaussian",
  summary: "multi-Gaussian expansion around one centre, in one ellipse",
  citation: "Emsellem, Monnet & Bacon 1994, A&A 285, 723; Cappellari 2002, MNRAS 333, 400",
  profile: gaussian,
  own: ["sigma"],
  members: (sigmas) => sigmas.map((sigma) => ({ sigma })),
};

/** `count` sigmas from `lower` to `upper`, equally spaced in their logarithm; `lower` alone where `count` is 1. */
export function logarithmicSigmas(lower: number, upper: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => lower * (upper / lower) ** (i / Math.max(1, count - 1)));
}
