import { type Candidates, type ChoiceName, pick } from "../likelihood/picks.ts";
import type { Measurement, Tuning } from "../likelihood/tuning.ts";
import { aligned, secondsText } from "./table.ts";

const TITLES: Readonly<Record<ChoiceName, string>> = {
  lattice_sums: "lattice sums: w and the dirty image",
  curvature_matrix: "curvature matrix, from a mapping",
};

const SIZE_NAMES: Readonly<Record<string, string>> = {
  grid_pixels: "pixels",
  visibilities: "K",
  image_pixels: "M",
  source_pixels: "S",
  mappings_per_pixel: "B",
  lattices: "lattices",
};

/** What `auto` picks at every measured point. */
export function tunedPicks(tuning: Tuning): { choice: ChoiceName; sizes: Measurement["sizes"]; picked: string }[] {
  return tuning.measurements.map((measurement) => {
    const { choice, sizes } = measurement;
    return { choice, sizes, picked: pickAt(tuning, measurement) };
  });
}

function pickAt(tuning: Tuning, measurement: Measurement): Candidates[ChoiceName] {
  if (measurement.choice === "curvature_matrix") return pick(tuning, "curvature_matrix", measurement.sizes).picked;
  const { grid_pixels, visibilities } = measurement.sizes;
  const side = Math.sqrt(grid_pixels);
  return pick(tuning, "lattice_sums", { shape: [side, side], visibilities }).picked;
}

/** A table for every choice: sizes, what each candidate takes, and who is picked. */
export function tuneTable(tuning: Tuning): string {
  const choices = [...new Set(tuning.measurements.map(({ choice }) => choice))];
  const tables = choices.map((choice) => {
    const rows = tuning.measurements.filter((each) => each.choice === choice);
    const sizes = Object.keys(rows[0].sizes);
    const names = [...new Set(rows.flatMap(({ seconds }) => Object.keys(seconds)))];
    const cells = rows.map((row) => {
      const seconds: Readonly<Record<string, number>> = row.seconds;
      return [
        pickAt(tuning, row),
        ...Object.values(row.sizes).map((size) => `${size}`),
        ...names.map((name) => (seconds[name] === undefined ? "-" : secondsText(seconds[name]))),
      ];
    });
    const header = ["picked", ...sizes.map((name) => SIZE_NAMES[name] ?? name), ...names];
    return `${TITLES[choice]}\n${aligned([header, ...cells], 1)}`;
  });
  const threads = tuning.threads === 1 ? "one thread" : `${tuning.threads} threads`;
  const head = `${tuning.machine.cpu}, ${tuning.wasm_build} SIMD, ${threads}`;
  const wrong = tuning.wrong.map(({ candidate, because }) => `never picked: ${candidate}, since ${because}`);
  return `${[head, ...tables, ...wrong].join("\n\n")}\n`;
}
