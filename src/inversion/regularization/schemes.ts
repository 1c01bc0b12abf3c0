import { constant } from "./constant.ts";
import { constantZeroth } from "./constant-zeroth.ts";
import { exponentialKernel } from "./exponential-kernel.ts";
import { gaussianKernel } from "./gaussian-kernel.ts";
import { maternKernel } from "./matern-kernel.ts";
import type { RegularizationScheme } from "./regularization.ts";
import { zeroth } from "./zeroth.ts";

const ALL: readonly RegularizationScheme[] = [
  constant,
  constantZeroth,
  zeroth,
  gaussianKernel,
  exponentialKernel,
  maternKernel,
];

/** The regularizations that need nothing but the source pixels, by their names in files. */
export const regularizationSchemes: ReadonlyMap<string, RegularizationScheme> = new Map(
  ALL.map((scheme) => [scheme.name, scheme]),
);
