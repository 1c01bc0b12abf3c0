import { countOfData, type Dataset } from "../likelihood/dataset.ts";

/** So many standard deviations of chi^2, and such a part of it, are no chance. */
const UNLIKELY = 5;
const NOTABLE = 0.1;

/** chi^2 of a dataset against what noise alone would leave. */
export interface Misfit {
  /** Over the number of data. */
  readonly ratio: number;
  /** Far from 1, on either side. */
  readonly isFar: boolean;
  /** null where the model explains the data. */
  readonly warning: string | null;
}

/** @param chiSquared Of the best model. */
export function misfitOf(dataset: Dataset, chiSquared: number): Misfit {
  const count = countOfData(dataset);
  const ratio = chiSquared / count;
  const isFar = Math.abs(ratio - 1) > Math.max(NOTABLE, UNLIKELY * Math.sqrt(2 / count));
  const warning = `the best model does not explain ${dataset.name}: chi^2 is ${Number(ratio.toPrecision(3))} where noise would leave 1`;
  return { ratio, isFar, warning: isFar && ratio > 1 ? warning : null };
}
