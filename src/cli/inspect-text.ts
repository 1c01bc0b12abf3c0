import { terminalImage } from "../result/terminal-image.ts";
import { placeOf, SIGN_NOTE } from "./inspect-json.ts";
import type { DirtyMapSummary, UvCoverage } from "./inspect-visibilities.ts";
import type { InspectedArray, InspectedImaging, InspectedInterferometer, Inspection } from "./inspection.ts";
import { oneLine } from "./invocation.ts";

/** What a person reads: a table of the arrays, then what the datasets among them are like. */
export function inspectionText({ arrays, imaging, interferometer }: Inspection, color: boolean): string {
  const sections = [
    ...tablesOf(arrays),
    ...imaging.map(imagingText),
    ...interferometer.map((set) => visibilityText(set, color)),
  ];
  return sections.length === 0 ? "nothing in these files\n" : sections.join("\n");
}

const COLUMNS = ["name", "role", "shape", "dtype", "unit", "min", "median", "max"];

function tablesOf(arrays: readonly InspectedArray[]): string[] {
  return [...new Set(arrays.map(({ file }) => file))].map((file) => {
    const members = arrays.filter((array) => array.file === file);
    const rows = members.map((array) => {
      const { name, role, shape, dtype, unit, statistics } = array;
      const range = [statistics?.min, statistics?.median, statistics?.max].map(short);
      return [
        oneLine(name),
        role ?? "",
        shape.length === 0 ? "scalar" : shape.join(" x "),
        dtype,
        oneLine(unit ?? ""),
        ...range,
      ];
    });
    const shown = COLUMNS.map((_, column) => column >= 2 || rows.some((row) => row[column] !== ""));
    const table = [COLUMNS, ...rows].map((row) => row.filter((_, column) => shown[column]));
    const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
    const lines = table.map((row) =>
      `  ${row.map((cell, column) => cell.padEnd(widths[column])).join("  ")}`.trimEnd(),
    );
    const notes = members.flatMap((array) => {
      const place = array.name === "" ? "" : `${oneLine(array.name)}: `;
      const scale = array.pixelScale;
      const wcs = scale === undefined ? [] : [`  ${place}pixel scale ${short(scale[0])}" x ${short(scale[1])}" (y, x)`];
      return [...wcs, ...array.warnings.map((warning) => warned(`${place}${warning}`))];
    });
    return `${[oneLine(file), ...lines, ...notes].join("\n")}\n`;
  });
}

function imagingText({ data, noiseMap, ...measured }: InspectedImaging): string {
  const { largestSignalToNoise, pixelsAboveThree, pixels } = measured;
  return [
    `imaging: ${oneLine(placeOf(data))} with ${oneLine(placeOf(noiseMap))}`,
    pixels === 0
      ? warned("no pixel has finite data and a positive noise")
      : `  signal to noise: largest ${short(largestSignalToNoise)}, above 3 in ${pixelsAboveThree} of ${pixels} pixels`,
    "",
  ].join("\n");
}

function visibilityText(inspected: InspectedInterferometer, color: boolean): string {
  const { visibilities, count, used, coverage, dirtyMap } = inspected;
  const left = count - used;
  return [
    `interferometer: ${oneLine(placeOf(visibilities))}, ${count} visibilities`,
    ...(left > 0 ? [warned(`${left} left out: not finite, or noise not positive`)] : []),
    ...(coverage === undefined ? [warned("there is no baseline that is longer than zero")] : coverageLines(coverage)),
    ...(dirtyMap === undefined ? [] : dirtyMapLines(dirtyMap, visibilities.unit, color)),
    "",
  ].join("\n");
}

function coverageLines(coverage: UvCoverage): string[] {
  const { largestU, largestV, uvRange, resolution, largestScale, largestPixelScale, warnings } = coverage;
  const kilo = (wavelengths: number) => short(wavelengths / 1000);
  return [
    `  baselines ${kilo(uvRange[0])} to ${kilo(uvRange[1])} kilolambda; |u| up to ${kilo(largestU)}, |v| up to ${kilo(largestV)}`,
    `  resolution about ${short(resolution)}", largest scale about ${short(largestScale)}"`,
    `  largest pixel scale ${short(largestPixelScale)}" (1 / (2 max(|u|, |v|)))`,
    ...warnings.map(warned),
  ];
}

function dirtyMapLines(
  { grid, map, rms, noise, spots, warnings }: DirtyMapSummary,
  unit: string | undefined,
  color: boolean,
): string[] {
  const peak = spots[0]?.value ?? Number.NaN;
  const scale = short(grid.pixelScale);
  return [
    `  dirty map, ${grid.shape.join(" x ")} pixels of ${scale}": peak ${short(peak)}${unit === undefined ? "" : ` ${oneLine(unit)}/beam`}, ` +
      `${short(peak / rms)} times the map's rms, ${short(peak / noise)} times its noise`,
    ...[-1, 1].map((sign) => {
      const places = spots.map(({ position: [y, x] }) => `(${arcseconds(-sign * y)}, ${arcseconds(-sign * x)})`);
      return `  visibilities_sign ${sign === 1 ? "+1" : "-1"}: brightest at (y, x) = ${places.join(", ")}"`;
    }),
    `  ${SIGN_NOTE}`,
    ...warnings.map(warned),
    "  the map for visibilities_sign -1:",
    ...terminalImage({ shape: grid.shape, values: map }, { columns: 48, color })
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

function warned(warning: string): string {
  return `  warning: ${warning}`;
}

function arcseconds(value: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(3)}`;
}

/** Four digits, as many as a person compares. */
function short(value: number | undefined): string {
  return value === undefined ? "" : String(Number(value.toPrecision(4)));
}
