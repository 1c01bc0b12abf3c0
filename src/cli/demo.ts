import type { VoiceName } from "../backend/contract.ts";
import { kernelsOf } from "../backend/kernels.ts";
import { invert, logEvidence } from "../inversion/evidence.ts";
import { linearProblemFromVisibilities } from "../inversion/from-visibilities.ts";
import {
  constantRegularizationLogDeterminant,
  constantRegularizationSparseMatrix,
} from "../inversion/regularization/constant.ts";
import { bytesSource } from "../io/byte-source.ts";
import { CURVATURE_FORMS, type CurvatureForm } from "../likelihood/curvature-form.ts";
import type { SourceReconstruction } from "../likelihood/evaluation.ts";
import { planSpec } from "../likelihood/from-spec.ts";
import type { InterferometerDataset } from "../likelihood/interferometer-dataset.ts";
import { type PlanOptions, plan } from "../likelihood/plan.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { VisibilityData } from "../operators/compaction.ts";
import { panelsPng } from "../result/figures.ts";
import { dirtyImagePicture, evaluationPictures, sourcePicture } from "../result/pictures.ts";
import { terminalImage } from "../result/terminal-image.ts";
import { command } from "./command.ts";
import { DEMO_SPEC, demoFile, simulateDemo } from "./demo-lens.ts";
import { type Invocation, printJson, progress, showsColor } from "./invocation.ts";
import { outputDirectory } from "./output.ts";

/** Lens radii whose evidence is compared; the second is the truth. */
const RADII = [0.9, 1.0, 1.1];
const RADIUS_PATH = "galaxies.lens.mass.einstein_radius";
const COEFFICIENT_PATH = "galaxies.source.pixelization.regularization.coefficient";

export const demo = command({
  name: "demo",
  description: "simulates a lens as ALMA sees it, weighs it in every voice and form, and draws it; no files needed",
  args: {},
  async run(_, invocation) {
    const directory = await outputDirectory(invocation.options.out ?? "arclet-out");
    progress(invocation, "simulating visibilities of a lens");
    const data = simulateDemo(invocation.options.seed, kernelsOf("wasm").visibilities);
    const file = demoFile(data);
    progress(invocation, "finding the regularization of largest evidence");
    const { dataset, likelihood } = await planDemo(file);
    const [evaluation] = await likelihood.evaluate(new Float64Array(0));
    const source = evaluation.sources[0];
    const rows = await everyWay(invocation, file, source.regularization.coefficient);
    progress(invocation, "from the visibilities themselves");
    const direct = evidenceFromVisibilities(data, dataset, source);
    progress(invocation, "at other Einstein radii");
    const scan = await scanRadii(file);
    const bound = evaluation.logLikelihoodErrorBound;
    const worst = Math.max(...rows.map((row) => Math.abs(row.log_evidence - direct.log_evidence)));
    const agree = worst <= bound;
    const files = [
      await directory.write("visibilities.npz", file),
      await directory.write("demo.yaml", DEMO_SPEC),
      await directory.write("demo.png", panelsPng(evaluationPictures([dataset], evaluation))),
    ];
    const result = { agree, largest_difference: worst, error_bound: bound, from_visibilities: direct, rows, scan };
    files.push(await directory.write("demo.json", `${JSON.stringify(result, null, 2)}\n`));
    if (invocation.options.json) printJson(invocation, { ...result, files });
    else printDemo(invocation, dataset, source, result, files);
    if (!agree) throw new Error(`the voices differ by ${worst} in log evidence, more than the bound ${bound}`);
  },
});

interface Row {
  readonly backend: VoiceName;
  readonly curvature_matrix: CurvatureForm;
  readonly log_evidence: number;
  readonly seconds: number;
}

/** The demo's spec over its simulated file, ready to evaluate. */
async function planDemo(file: Uint8Array, options: PlanOptions = {}, set: string[] = []) {
  const open = async (path: string) => bytesSource(file, path);
  const planned = await planSpec(parseSpec(DEMO_SPEC, "demo.yaml", set), { open, ...options });
  return { ...planned, dataset: planned.datasets[0] as InterferometerDataset };
}

/** The same evidence in every voice and through every form of the curvature matrix; the second, warm call is timed. */
async function everyWay(invocation: Invocation, file: Uint8Array, coefficient: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const backend of ["reference", "wasm"] as const) {
    const set = [`${COEFFICIENT_PATH}=${coefficient}`];
    const { dataset, model } = await planDemo(file, { backend }, set);
    for (const curvature of CURVATURE_FORMS) {
      progress(invocation, `${backend}, ${curvature}`);
      const likelihood = plan([dataset], model, { backend, curvature });
      await likelihood.evaluate(new Float64Array(0));
      const [{ logEvidence, logLikelihood, seconds }] = await likelihood.evaluate(new Float64Array(0));
      const evidence = logEvidence ?? logLikelihood;
      rows.push({ backend, curvature_matrix: curvature, log_evidence: evidence, seconds: seconds.total });
    }
  }
  return rows;
}

function evidenceFromVisibilities(data: VisibilityData, dataset: InterferometerDataset, source: SourceReconstruction) {
  const start = performance.now();
  const kernels = kernelsOf("wasm");
  const args = { coefficient: source.regularization.coefficient, neighbors: source.mesh.neighbors };
  const problem = linearProblemFromVisibilities(
    {
      ...data,
      grid: dataset.compaction.grid,
      nativeIndex: dataset.nativeIndex,
      sparseMappingMatrix: kernels.sparseMappingMatrix({ mapping: source.mesh.mapping }),
      regularizationMatrix: constantRegularizationSparseMatrix(args),
      logDetRegularizationMatrix: constantRegularizationLogDeterminant(args),
    },
    kernels,
  );
  const { terms } = invert(problem, kernels);
  return { log_evidence: logEvidence(terms), seconds: (performance.now() - start) / 1000 };
}

async function scanRadii(file: Uint8Array): Promise<{ einstein_radius: number; log_evidence: number | null }[]> {
  const scan = [];
  for (const radius of RADII) {
    const { likelihood } = await planDemo(file, {}, [`${RADIUS_PATH}=${radius}`]);
    const [{ logEvidence }] = await likelihood.evaluate(new Float64Array(0));
    scan.push({ einstein_radius: radius, log_evidence: logEvidence });
  }
  return scan;
}

interface DemoResult {
  readonly largest_difference: number;
  readonly error_bound: number;
  readonly from_visibilities: { readonly log_evidence: number; readonly seconds: number };
  readonly rows: readonly Row[];
  readonly scan: readonly { readonly einstein_radius: number; readonly log_evidence: number | null }[];
}

function printDemo(
  { stdout, env }: Invocation,
  dataset: InterferometerDataset,
  source: SourceReconstruction,
  result: DemoResult,
  files: readonly string[],
): void {
  const color = showsColor(stdout, env);
  const line = (name: string, evidence: number | null, seconds?: number): string => {
    return `  ${name.padEnd(30)} ${String(evidence?.toFixed(6)).padStart(16)} ${seconds?.toFixed(4).padStart(10) ?? ""}\n`;
  };
  stdout.write("The dirty image: what ALMA's visibilities show of a galaxy behind a lens\n");
  stdout.write(terminalImage(dirtyImagePicture(dataset), { columns: 56, color }));
  stdout.write("The galaxy itself, reconstructed under the lens model\n");
  stdout.write(terminalImage(sourcePicture(source), { columns: 32, color }));
  stdout.write(
    `\n  ${"voice and curvature matrix".padEnd(30)} ${"log evidence".padStart(16)} ${"seconds".padStart(10)}\n`,
  );
  for (const row of result.rows) {
    stdout.write(line(`${row.backend}, ${row.curvature_matrix}`, row.log_evidence, row.seconds));
  }
  stdout.write(
    line("the visibilities themselves", result.from_visibilities.log_evidence, result.from_visibilities.seconds),
  );
  stdout.write(
    `All agree within ${result.largest_difference.toExponential(1)}; rounding allows ${result.error_bound.toExponential(1)}.\n\n`,
  );
  for (const { einstein_radius, log_evidence } of result.scan) {
    stdout.write(line(`Einstein radius ${einstein_radius.toFixed(1)} arcsec`, log_evidence));
  }
  stdout.write("The lens was simulated with 1.0 arcsec.\n\n");
  for (const file of files) stdout.write(`written ${file}\n`);
}
