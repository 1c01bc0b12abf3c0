import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import type { FitOptions } from "../pipeline/fit-options.ts";
import { type SampleRow, sampleIndexHtml, sampleRow } from "../result/sample-index.ts";
import { isFinished, isFit, openFit, RESULT, requireSettled, TIMING } from "./fit-directory.ts";
import { runFit } from "./fit-run.ts";
import { begin, isOfAnotherSpec } from "./fit-start.ts";
import { type Invocation, printJson, progress } from "./invocation.ts";
import { type LensSpec, lensSpecs, shardOf } from "./lens-specs.ts";
import { outputDirectory } from "./output.ts";

/** Why a lens has no result, beside where the result would be. */
const FAILURE = "failure.json";

export interface SampleArguments {
  readonly patterns: readonly string[];
  readonly set?: string | undefined;
  readonly data?: string | undefined;
  readonly shard?: string | undefined;
  readonly pause: FitOptions["pause"];
}

/**
 * Fits the lenses of a sample one after the other, each into a directory of its own; begun fits go on, ended ones stay, and
 * what another process is at is left to it. A lens that fails is counted, and the next one comes. The index is of all lenses
 * of the sample, whoever fitted them.
 * @throws Error in the end where lenses of this shard failed.
 */
export async function fitSample(args: SampleArguments, invocation: Invocation): Promise<void> {
  const { out = "fits", ...options } = invocation.options;
  const root = await outputDirectory(out);
  const lenses = await lensSpecs(args.patterns);
  const mine = args.shard === undefined ? lenses : shardOf(lenses, args.shard);
  let failed = 0;
  for (const [k, lens] of mine.entries()) {
    const title = `[${k + 1}/${mine.length} ${lens.name}] `;
    const path = join(root.path, lens.name);
    try {
      const begun = (await isFit(path)) ? await openFit(path) : null;
      if (begun !== null) {
        requireSettled(begun, options);
        if (await isOfAnotherSpec(lens.path, args, begun)) throw changedSpec(lens, path);
      }
      await rm(join(path, FAILURE), { force: true });
      if (await isFinished(path)) {
        progress(invocation, `${title}has ended already`);
        continue;
      }
      const directory = begun ?? (await begin(lens.path, args, path, invocation));
      await runFit(directory, invocation, { title, pause: args.pause, isNew: begun === null });
    } catch (error) {
      if (error instanceof InputError && error.tag === "output/locked") {
        progress(invocation, `${title}another process is at it`);
        continue;
      }
      failed++;
      const message = error instanceof Error ? error.message : String(error);
      progress(invocation, `${title}failed: ${message}`);
      await (await outputDirectory(path)).write(FAILURE, `${JSON.stringify({ message })}\n`);
    }
    await writeIndex(root, lenses);
  }
  const rows = await writeIndex(root, lenses);
  const files = ["index.html", "index.json"].map((name) => join(root.path, name));
  if (invocation.options.json) printJson(invocation, { lenses: rows, files });
  else printRows(invocation, rows, files);
  if (failed > 0) throw new Error(`${failed} of ${mine.length} lenses failed; the others have results`);
}

function changedSpec({ path }: LensSpec, directory: string): InputError {
  const remedy = `remove ${directory} to fit it anew, or give another --out`;
  return new InputError("fit/changed", "the spec has changed since its fit began", remedy, path);
}

async function writeIndex(
  root: Awaited<ReturnType<typeof outputDirectory>>,
  lenses: readonly LensSpec[],
): Promise<readonly SampleRow[]> {
  const rows: SampleRow[] = [];
  for (const { name } of lenses) {
    const read = (file: string) =>
      readFile(join(root.path, name, file), "utf8")
        .then(JSON.parse)
        .catch(() => null);
    rows.push(sampleRow(name, await read(RESULT), await read(TIMING), await read(FAILURE)));
  }
  await root.write("index.json", `${JSON.stringify(rows, null, 2)}\n`);
  await root.write("index.html", sampleIndexHtml(rows));
  return rows;
}

function printRows({ stdout }: Invocation, rows: readonly SampleRow[], files: readonly string[]): void {
  const table = [
    ["lens", "state", "Einstein radius", "log evidence", "chi^2/pixel", "evaluations", "warnings", "seconds"],
    ...rows.map((row) => [
      row.name,
      row.state,
      row.einstein_radius === null
        ? ""
        : `${row.einstein_radius.median.toFixed(4)} +- ${row.einstein_radius.error.toFixed(4)}`,
      row.log_evidence?.toFixed(1) ?? "",
      row.chi_squared_per_pixel?.toFixed(3) ?? "",
      String(row.evaluations ?? ""),
      row.warnings.length === 0 ? "" : String(row.warnings.length),
      row.seconds?.toFixed(0) ?? "",
    ]),
  ];
  const widths = table[0].map((_, c) => Math.max(...table.map((cells) => cells[c].length)));
  for (const cells of table)
    stdout.write(
      `${cells
        .map((cell, c) => cell.padEnd(widths[c]))
        .join("  ")
        .trimEnd()}\n`,
    );
  for (const { name, failure } of rows) if (failure !== null) stdout.write(`${name}: ${failure}\n`);
  for (const file of files) stdout.write(`written ${file}\n`);
}
