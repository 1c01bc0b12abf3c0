import type { Terms } from "../likelihood/evaluation.ts";

/** The name in files of one in code: `hitRate` is `hit_rate`. */
export function inFiles(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A record under the names of files. */
export function keysInFiles<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [inFiles(key), value]));
}

/** The terms of a likelihood by their names in files. */
export function termsInFiles(terms: Terms) {
  return {
    chi_squared: terms.chiSquared,
    regularization_term: terms.regularizationTerm,
    log_det_curvature_reg_matrix_term: terms.logDetCurvatureRegMatrixTerm,
    log_det_regularization_matrix_term: terms.logDetRegularizationMatrixTerm,
    noise_normalization: terms.noiseNormalization,
  };
}
