import { InputError } from "../errors.ts";
import { pickVoice } from "../likelihood/plan.ts";
import { panelsPng } from "../result/figures.ts";
import { command } from "./command.ts";
import { inspectionJson } from "./inspect-json.ts";
import { inspectionText } from "./inspect-text.ts";
import { type Inspection, inspectFiles } from "./inspection.ts";
import { printJson, progress, showsColor } from "./invocation.ts";
import { positiveNumber } from "./options.ts";
import { outputDirectory } from "./output.ts";

export const inspect = command({
  name: "inspect",
  description: "what is in FITS, npy and npz files: shapes, units, signal to noise, baselines, dirty map, warnings",
  args: {
    "file...": { type: "positional", description: "files; those of one dataset are looked at together" },
    shape: { type: "string", valueHint: "ROWSxCOLUMNS", description: "pixels of the dirty map (64x64)" },
    "pixel-scale": { type: "string", valueHint: "ARCSEC", description: "pixel scale of the dirty map" },
  },
  async run(args, invocation) {
    const { shape, "pixel-scale": pixelScale } = args;
    const inspection = await inspectFiles(args._, {
      shape: shape === undefined ? undefined : parseShape(shape),
      pixelScale: pixelScale === undefined ? undefined : positiveNumber("pixel-scale", pixelScale, "0.05"),
      dirtyMap: pickVoice(invocation.options.backend, null).kernels.dirtyImage,
      onProgress: (line) => progress(invocation, line),
    });
    const { json, out } = invocation.options;
    const files = out === undefined ? [] : await writeDirtyMaps(inspection, out, args._);
    if (json) printJson(invocation, { ...inspectionJson(inspection), files });
    else invocation.stdout.write(inspectionText(inspection, showsColor(invocation.stdout, invocation.env)));
  },
});

/** The dirty maps for both signs side by side, to hold against an image: one PNG for each set of visibilities. */
async function writeDirtyMaps(
  { interferometer }: Inspection,
  out: string,
  inputs: readonly string[],
): Promise<string[]> {
  const directory = await outputDirectory(out, inputs);
  const files: string[] = [];
  for (const { dirtyMap } of interferometer) {
    if (dirtyMap === undefined) continue;
    const { map, grid } = dirtyMap;
    const pictures = [
      { shape: grid.shape, values: map, title: "visibilities_sign -1" },
      { shape: grid.shape, values: map.toReversed(), title: "visibilities_sign +1" },
    ];
    const name = files.length === 0 ? "dirty-map.png" : `dirty-map-${files.length + 1}.png`;
    files.push(await directory.write(name, panelsPng(pictures)));
  }
  return files;
}

/** More would take hours and fill no screen. */
const LARGEST_SIDE = 1024;

function parseShape(text: string): readonly [number, number] {
  const match = /^(\d{1,6})(?:[x,](\d{1,6}))?$/.exec(text);
  const shape = match === null ? [] : [Number(match[1]), Number(match[2] ?? match[1])];
  if (shape.length === 2 && shape.every((side) => side >= 1 && side <= LARGEST_SIDE)) return [shape[0], shape[1]];
  throw new InputError(
    "option/value",
    `--shape ${text} is not ROWSxCOLUMNS with sides from 1 to ${LARGEST_SIDE}`,
    "give for example --shape 100x100",
  );
}
