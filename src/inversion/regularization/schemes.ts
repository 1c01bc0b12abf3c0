import { adaptiveBrightness } from "./adaptive-brightness.ts";
import { adaptiveBrightnessSplit } from "./adaptive-brightness-split.ts";
import { constant } from "./constant.ts";
import { constantSplit } from "./constant-split.ts";
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
  constantSplit,
  adaptiveBrightness,
  adaptiveBrightnessSplit,
];

/** The regularizations by their names in files. */
export const regularizationSchemes: ReadonlyMap<string, RegularizationScheme> = new Map(
  ALL.map((scheme) => [scheme.name, scheme]),
);
