import { ownContender } from "../bench/contender.ts";
import { CURVES, type Curve, type CurvePoint, curvePoints } from "../bench/curves.ts";
import type { Implementation } from "../bench/implementation.ts";
import { benchInputs, type UvDraw } from "../bench/inputs.ts";
import { referenceCheck } from "../bench/reference-check.ts";
import { type BenchReport, benchReport, type PointRows } from "../bench/report.ts";
import { runBench } from "../bench/schedule.ts";
import type { BenchSizes } from "../bench/work.ts";
import { InputError } from "../errors.ts";
import type { BenchArguments, BenchLimits } from "./bench.ts";
import { requireMemory, wantedRows } from "./bench-rows.ts";
import { type Invocation, progress } from "./invocation.ts";
import { availableBytes, machineDescription } from "./machine.ts";

/**
 * Cost as sizes grow: a bench of its own at every point, on the rows of all curves that go through it. Peak memory is not
 * measured: a process for every row at every point would take longer than all else.
 */
export async function curvesReport(
  name: string,
  largest: BenchSizes,
  limits: BenchLimits,
  args: BenchArguments,
  invocation: Invocation,
): Promise<BenchReport> {
  if (args.peers !== undefined) {
    throw new InputError("bench/peers", `${name} has no peers`, "leave --peers out, or take another case");
  }
  const { own } = wantedRows(
    CURVES.map(({ kernel }) => kernel),
    args.implementations,
    invocation,
    false,
  );
  // Rows that were asked for, or else those that the curves are drawn for.
  const asked = args.implementations !== undefined || invocation.options.backend !== "auto";
  const rowsOf = (curve: Curve): Implementation[] => {
    return own.filter((each) => each.kernel === curve.kernel && (asked || curve.rows.includes(each.name)));
  };
  const points = curvePoints(largest).filter(({ curves }) => curves.some((curve) => rowsOf(curve).length > 0));
  for (const { sizes } of points) requireMemory(sizes);
  const measured: PointRows[] = [];
  for (const point of points) measured.push(...(await measuredPoint(point)));
  const pixels = benchInputs({ ...largest, visibilities: 1 }, "gaussian", 0).sizes.pixels;
  const { threads } = invocation.options;
  return benchReport(name, { ...largest, pixels }, threads, machineDescription(), measured);

  async function measuredPoint({ sizes, curves }: CurvePoint): Promise<PointRows[]> {
    const { gridSize, visibilities, sourcePixels } = sizes;
    const say = (line: string): void => {
      progress(invocation, `N = ${gridSize}, K = ${visibilities}, S = ${sourcePixels}: ${line}`);
    };
    say("making the inputs");
    const inputs = benchInputs(sizes, args.uv as UvDraw, invocation.options.seed);
    const check = referenceCheck(inputs);
    const rows = await runBench({
      ...limits,
      contenders: [...new Set(curves.flatMap(rowsOf))].map((each) =>
        ownContender(each, inputs, check, async () => null),
      ),
      sizes: inputs.sizes,
      memory: availableBytes(),
      progress: say,
      release: () => inputs.release(),
    });
    return curves.map(({ name, kernel }) => {
      return { at: { curve: name, sizes: inputs.sizes }, rows: rows.filter((row) => row.kernel === kernel) };
    });
  }
}
