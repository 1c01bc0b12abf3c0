import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import type { SimulatedImaging } from "../likelihood/simulated-imaging.ts";
import type { Picture } from "../result/figures.ts";
import { dirtyImagePicture, sourcePicture } from "../result/pictures.ts";
import { terminalImage } from "../result/terminal-image.ts";
import type { DemoFit } from "./demo-fit.ts";
import type { EvidenceWays } from "./demo-voices.ts";
import { type Invocation, showsColor } from "./invocation.ts";

/** What the demo shows on a terminal. */
export function printPictures(
  { stdout, env }: Invocation,
  { grid, data }: SimulatedImaging,
  datasets: readonly Dataset[],
  { sources }: Evaluation,
): void {
  const color = showsColor(stdout, env);
  const show = (title: string, picture: Picture, columns: number) => {
    stdout.write(`${title}\n${terminalImage(picture, { columns, color })}`);
  };
  // The lens outshines the arcs.
  const stretch = { kind: "asinh" } as const;
  show(
    "What JWST sees: a galaxy, and the stars of another behind it",
    { shape: grid.shape, values: data, stretch },
    40,
  );
  for (const dataset of datasets) {
    if (dataset.type !== "interferometer") continue;
    show("What ALMA's visibilities show: the dust of the galaxy behind", dirtyImagePicture(dataset), 40);
  }
  for (const source of sources) {
    show(`That galaxy as ${source.datasets.join()} has it, without the lens`, sourcePicture(source), 28);
  }
}

export function printEvidences({ stdout }: Invocation, { rows, agreement }: EvidenceWays): void {
  stdout.write(`\n${"dataset, voice and curvature matrix".padEnd(38)} ${"log evidence".padStart(16)}    seconds\n`);
  for (const { dataset, backend, curvature_matrix: form, log_evidence, seconds } of rows) {
    const name = [dataset, backend === "visibilities" ? "the visibilities themselves" : backend, form ?? []].flat();
    stdout.write(
      `${name.join(", ").padEnd(38)} ${log_evidence.toFixed(6).padStart(16)} ${seconds.toFixed(4).padStart(10)}\n`,
    );
  }
  for (const [name, { largest_difference: largest, error_bound: bound }] of Object.entries(agreement)) {
    stdout.write(`${name}: all agree within ${largest.toExponential(1)}; rounding allows ${bound.toExponential(1)}.\n`);
  }
}

export function printFound({ stdout }: Invocation, fit: DemoFit, files: readonly string[]): void {
  const { parameters, evaluations, seconds, directory, report } = fit;
  stdout.write(
    `\n${"one mass fitted to both".padEnd(38)} ${"found".padStart(28)} ${"truth".padStart(8)} ${"sigmas".padStart(7)}\n`,
  );
  for (const [name, { text, truth, sigmas }] of Object.entries(parameters)) {
    stdout.write(
      `${name.padEnd(38)} ${text.padStart(28)} ${String(truth).padStart(8)} ${sigmas.toFixed(1).padStart(7)}\n`,
    );
  }
  stdout.write(`${evaluations} evaluations of both in ${seconds.toFixed(0)} s\n\n`);
  for (const file of files) stdout.write(`written ${file}\n`);
  stdout.write(`written ${report}, beside all else that \`arclet fit\` would leave in ${directory}\n`);
}
