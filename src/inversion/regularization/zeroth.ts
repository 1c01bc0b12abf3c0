import type { SparseMatrix } from "../../operators/matrix.ts";
import { BY_PARAMETERS_ALONE, COEFFICIENT } from "./constant.ts";
import type { Regularization, RegularizationScheme } from "./regularization.ts";

/** Zeroth-order regularization: s'Hs = coefficient^2 s's (Warren & Dye 2003, section 4). */
export function zerothRegularization(sourcePixels: number, coefficient: number): Regularization {
  const regularizationMatrix: SparseMatrix = {
    rows: sourcePixels,
    columns: sourcePixels,
    rowStart: Int32Array.from({ length: sourcePixels + 1 }, (_, i) => i),
    columnIndex: Int32Array.from({ length: sourcePixels }, (_, i) => i),
    values: new Float64Array(sourcePixels).fill(coefficient * coefficient),
  };
  return { regularizationMatrix, logDetRegularizationMatrix: 2 * sourcePixels * Math.log(Math.abs(coefficient)) };
}

export const zeroth = {
  name: "zeroth",
  parameters: { coefficient: COEFFICIENT },
  grows: "squared",
  needs: [],
  plan: ({ sourcePixels }) => ({
    at: ({ coefficient }) => ({
      ...zerothRegularization(sourcePixels, coefficient),
      slopes({ regularizationMatrix: ofH, logDetRegularizationMatrix }) {
        let ofSquare = 0;
        for (let i = 0; i < sourcePixels; i++) ofSquare += ofH(i, i);
        const ofLogDet = (2 * sourcePixels * logDetRegularizationMatrix) / coefficient;
        return {
          values: { coefficient: 2 * coefficient * ofSquare + ofLogDet },
          ...BY_PARAMETERS_ALONE,
        };
      },
    }),
  }),
} as const satisfies RegularizationScheme<"coefficient">;
