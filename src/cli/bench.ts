import { basename, dirname } from "node:path";
import { BENCH_CASES, type BenchCase, benchCase } from "../bench/bench-case.ts";
import { type Contender, ownContender } from "../bench/contender.ts";
import { curveTable } from "../bench/curve-table.ts";
import { benchPage } from "../bench/html-report.ts";
import { type BenchInputs, benchInputs, UV_DRAWS, type UvDraw } from "../bench/inputs.ts";
import { referenceCheck } from "../bench/reference-check.ts";
import { type BenchReport, benchReport, compareReports, parseReport } from "../bench/report.ts";
import { runBench } from "../bench/schedule.ts";
import { type ScienceBench, type ScienceData, scienceBench } from "../bench/science.ts";
import { benchTable, comparisonTable } from "../bench/table.ts";
import type { BenchSizes } from "../bench/work.ts";
import { InputError } from "../errors.ts";
import { curvesReport } from "./bench-curves.ts";
import { peakBytesOf } from "./bench-memory.ts";
import { parametricReport } from "./bench-parametric.ts";
import { type PeerProcess, peerContender, peerInputs, startPeers } from "./bench-peers.ts";
import { pixelizedReport } from "./bench-pixelized.ts";
import { requireMemory, wantedNames, wantedRows } from "./bench-rows.ts";
import { command } from "./command.ts";
import { openFile } from "./file-source.ts";
import { type Invocation, printJson, progress } from "./invocation.ts";
import { availableBytes, machineDescription } from "./machine.ts";
import { positiveNumber, wholeNumber } from "./options.ts";
import { outputDirectory } from "./output.ts";
import { writeScienceFiles } from "./science-files.ts";

const SIZE_OPTIONS = {
  "grid-size": { type: "string", valueHint: "N", description: "image pixels a side" },
  visibilities: { type: "string", valueHint: "K", description: "visibilities" },
  "mapping-neighbors": { type: "string", valueHint: "B", description: "source pixels that an image pixel maps to" },
  neighbors: { type: "string", valueHint: "P", description: "neighbors of a source pixel" },
  "source-pixels": { type: "string", valueHint: "S", description: "source pixels" },
} as const;

export const bench = command({
  name: "bench",
  description: `implementations side by side, as tables in the style of the study: ${Object.keys(BENCH_CASES).join(", ")}`,
  args: {
    case: { type: "positional", description: "which sizes and kernels" },
    ...SIZE_OPTIONS,
    repeat: { type: "string", valueHint: "N", description: "timed rounds; 7, of curves 5" },
    implementations: { type: "string", valueHint: "A,B", description: "these rows alone" },
    "row-budget": {
      type: "string",
      valueHint: "SECONDS",
      description: "most that one row may take; 60, of curves 12 at every point",
    },
    uv: { type: "enum", options: [...UV_DRAWS], description: "how u and v are drawn", default: "gaussian" },
    save: {
      type: "string",
      valueHint: "FILE",
      description: "writes the JSON there; --out writes it with a page to look at",
    },
    compare: { type: "string", valueHint: "FILE", description: "ratios to what --save wrote earlier" },
    peers: {
      type: "string",
      valueHint: "PYTHON",
      description: "runs the Numba, JAX and SciPy peers with this Python too",
    },
  },
  async run(args, invocation) {
    // The command line is checked for it before citty reads it.
    const name = args.case!;
    const chosen = benchCase(name);
    const sizes = sizesFrom(name, args, chosen.sizes);
    const usual = chosen.limits ?? USUAL_LIMITS;
    const limits = {
      repeat: args.repeat === undefined ? usual.repeat : wholeNumber("repeat", args.repeat, 1),
      rowBudget:
        args["row-budget"] === undefined ? usual.rowBudget : positiveNumber("row-budget", args["row-budget"], "60"),
    };
    const earlier = args.compare === undefined ? undefined : await readReport(args.compare);
    const measured = reportOf(chosen);
    const report = await measured(name, sizes, limits, args, invocation);
    if (args.save !== undefined) await saveReport(args.save, report);
    if (invocation.options.out !== undefined) {
      const directory = await outputDirectory(invocation.options.out);
      await directory.write(`bench-${name}.json`, jsonText(report));
      await directory.write(`bench-${name}.html`, benchPage(report, chosen.rankings));
    }
    const compared = earlier === undefined ? undefined : compareReports(report, earlier);
    if (invocation.options.json) {
      printJson(invocation, compared === undefined ? report : { ...report, compared });
      return;
    }
    invocation.stdout.write(chosen.curves ? curveTable(report) : benchTable(report, chosen.rankings));
    if (compared !== undefined) invocation.stdout.write(comparisonTable(compared));
  },
});

function reportOf({ curves, parametric, pixelized, streamed }: BenchCase): typeof caseReport {
  if (streamed) return scienceReport;
  if (parametric) return parametricReport;
  if (pixelized) return pixelizedReport;
  return curves ? curvesReport : caseReport;
}

const USUAL_LIMITS: BenchLimits = { repeat: 7, rowBudget: 60 };

export interface BenchLimits {
  readonly repeat: number;
  readonly rowBudget: number;
}

export interface BenchArguments {
  readonly implementations?: string | undefined;
  readonly peers?: string | undefined;
  readonly uv?: string | undefined;
}

async function caseReport(
  name: string,
  sizes: BenchSizes,
  limits: BenchLimits,
  args: BenchArguments,
  invocation: Invocation,
): Promise<BenchReport> {
  const kernels = benchCase(name).rankings.flatMap((ranking) => ranking.kernels);
  const wanted = wantedRows(kernels, args.implementations, invocation, args.peers !== undefined);
  requireMemory(sizes);
  // Before anything takes long: a missing module is said at once.
  await using peers = args.peers === undefined ? undefined : await startPeers(args.peers, invocation.env);
  progress(invocation, "making the inputs");
  const { seed } = invocation.options;
  const uv = args.uv as UvDraw;
  const inputs = benchInputs(sizes, uv, seed);
  await peers?.open(peerInputs(inputs));
  const check = referenceCheck(inputs);
  const contenders = [
    ...wanted.own.map((implementation) => {
      return ownContender(implementation, inputs, check, ({ kernel, name }) => {
        return peakBytesOf({ kernel, name, sizes, uv, seed });
      });
    }),
    ...wanted.peers.map((peer) => peerContender(peer, peers!, check)),
  ];
  // Awaited here, or the peers would be let go before they are asked.
  return await measure(name, inputs, contenders, limits, peers, invocation);
}

/** The science case, whose visibilities are written to disk first. */
async function scienceReport(
  name: string,
  sizes: BenchSizes,
  limits: BenchLimits,
  args: BenchArguments,
  invocation: Invocation,
): Promise<BenchReport> {
  if (args.peers !== undefined) {
    throw new InputError("bench/peers", `${name} has no peers`, "leave --peers out, or take another case");
  }
  // The inputs of all other cases are in memory, here a block of visibilities.
  requireMemory({ ...sizes, visibilities: Math.min(sizes.visibilities, 2 ** 21) });
  const { options } = invocation;
  const rowsOf = (data: ScienceData): ScienceBench => scienceBench(sizes, options.seed, data);
  const names = wantedNames(rowsOf(NO_DATA).contenders, args.implementations, options.backend);
  progress(invocation, `writing ${sizes.visibilities} visibilities to disk`);
  await using files = await writeScienceFiles(sizes.visibilities, options.seed);
  const { sizes: whole, contenders } = rowsOf(files);
  const rows = await runBench({
    ...limits,
    contenders: contenders.filter((contender) => names.has(contender.name)),
    sizes: whole,
    memory: availableBytes(),
    progress: (line) => progress(invocation, line),
    release: () => {},
  });
  return benchReport(name, whole, options.threads, machineDescription(), [{ at: null, rows }]);
}

/** To know the rows before anything is written. */
const NO_DATA: ScienceData = {
  withFiles: () => Promise.reject(new Error("there are no files yet")),
  peakBytes: () => 0,
};

async function measure(
  name: string,
  inputs: BenchInputs,
  contenders: readonly Contender[],
  limits: BenchLimits,
  peers: PeerProcess | undefined,
  invocation: Invocation,
): Promise<BenchReport> {
  const rows = await runBench({
    ...limits,
    contenders,
    sizes: inputs.sizes,
    memory: availableBytes(),
    progress: (line) => progress(invocation, line),
    release: () => inputs.release(),
  });
  const machine = peers === undefined ? machineDescription() : { ...machineDescription(), peers: peers.versions };
  return benchReport(name, inputs.sizes, invocation.options.threads, machine, [{ at: null, rows }]);
}

function sizesFrom(name: string, args: Readonly<Record<string, unknown>>, defaults: BenchSizes): BenchSizes {
  const fixed = Object.keys(SIZE_OPTIONS).find((option) => args[option] !== undefined);
  const { parametric, pixelized } = benchCase(name);
  if ((parametric || pixelized) && fixed !== undefined) {
    throw new InputError("bench/sizes", `--${fixed}: ${name} has sizes of its own`, "leave it out");
  }
  const given = (["mapping-neighbors", "neighbors"] as const).find((option) => args[option] !== undefined);
  if (defaults.mesh === "delaunay" && given !== undefined) {
    throw new InputError("bench/mesh", `--${given}: ${name} has those of a Delaunay mesh`, "leave it out");
  }
  const size = (option: keyof typeof SIZE_OPTIONS, otherwise: number, smallest = 1): number => {
    const value = args[option];
    return typeof value === "string" ? wholeNumber(option, value, smallest) : otherwise;
  };
  return {
    ...defaults,
    gridSize: size("grid-size", defaults.gridSize),
    visibilities: size("visibilities", defaults.visibilities),
    mappingNeighbors: size("mapping-neighbors", defaults.mappingNeighbors),
    neighbors: size("neighbors", defaults.neighbors, 0),
    sourcePixels: size("source-pixels", defaults.sourcePixels),
  };
}

async function readReport(path: string): Promise<BenchReport> {
  await using source = await openFile(path);
  return parseReport(new TextDecoder().decode(await source.read(0, source.size)), path);
}

async function saveReport(path: string, report: BenchReport): Promise<void> {
  const directory = await outputDirectory(dirname(path));
  await directory.write(basename(path), jsonText(report));
}

function jsonText(report: BenchReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
