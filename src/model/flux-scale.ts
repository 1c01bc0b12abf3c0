import type { Parameter } from "../profiles/parameter.ts";

/** The factor of all light in one dataset, where instruments are not calibrated alike or see different colours. */
export const FLUX_SCALE: Parameter = {
  name: "flux_scale",
  unit: "none",
  meaning: "the factor of all light in this dataset, beside that in others",
  bounds: [Number.MIN_VALUE, Number.POSITIVE_INFINITY],
  defaultPrior: { prior: "log_uniform", lower: 0.1, upper: 10 },
};
