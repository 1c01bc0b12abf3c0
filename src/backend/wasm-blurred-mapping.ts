import type { BlurredMappingSlopesArgs, CurvatureViaBlurredMappingArgs } from "../inversion/blurred-mapping.ts";
import type { Matrix } from "../operators/matrix.ts";
import type { WasmKernels } from "./wasm.ts";
import { fresh, resultOf, room, sparseInput, square } from "./wasm-voices.ts";

/** The WebAssembly voice of a pixelized source that is seen through a PSF. */

/** As BLOCK and GROUPS of blurred-mapping.as.ts. */
const ROWS_OF_BLOCK = 256;
const GROUPS_OF_PART = 8;

/**
 * A' N^-1 A, A = P T. Rows are a little longer where they would be multiples of 256 bytes: stores to one and loads from another
 * that agree in the last 12 bits of their addresses wait for each other.
 */
export function curvatureMatrixViaBlurredMapping(args: CurvatureViaBlurredMappingArgs): Matrix {
  const wasm = fresh();
  const { resident = false } = args;
  const { columns } = args.sparseMappingMatrix;
  const stride = columns % 32 === 0 ? columns + 8 : columns;
  const copied = stride !== columns;
  const out = copied ? room(wasm, columns * columns, resident) : 0;
  // An entry more, where what is missing in a tile of the last row goes.
  const padded = room(wasm, columns * stride + 1, resident && !copied);
  const { blurring, groups, workOfGroup } = prepare(wasm, args);
  const panels = wasm.call("preparePanels", blurring, stride) >>> 0;
  const round = wasm.call("groupsOfRound", panels);
  const scratch = wasm.call("panelScratch", columns);
  const blocks = Math.ceil(columns / ROWS_OF_BLOCK);
  // Of all rounds: threads that one has woken look for the next.
  const work = groups * workOfGroup;
  let begin = 0;
  do {
    const parts = Math.ceil(Math.min(round, groups - begin) / GROUPS_OF_PART);
    wasm.callPartsOf(work, "blurredPanels", parts, scratch, panels, begin);
    // More work than the panels were.
    wasm.callPartsOf(work, "blurredProducts", blocks, 0, panels, begin, padded);
    begin += round;
  } while (begin < groups);
  wasm.callPartsOf(columns * columns, "blurredMirror", blocks, 0, panels, padded);
  if (copied) wasm.call("copyCorner", columns, columns, padded, 8 * stride, out);
  return square(columns, resultOf(wasm, copied ? out : padded, columns * columns, resident));
}

/** P' N^-1 P T C at the entries of T. */
export function blurredMappingSlopes(args: BlurredMappingSlopesArgs): Float64Array {
  const wasm = fresh();
  const { columns, values } = args.sparseMappingMatrix;
  const c = wasm.input(args.curvatureWeights.values);
  const { blurring, groups, workOfGroup } = prepare(wasm, args);
  const parts = wasm.call("partsOfSlopes", blurring);
  const partial = wasm.output(parts * values.length);
  const scratch = wasm.call("slopesScratch", columns);
  wasm.callPartsOf(groups * workOfGroup, "blurredSlopes", parts, scratch, blurring, values.length, c, partial);
  wasm.call("sumSlopes", parts, values.length, partial);
  return wasm.float64(partial, values.length);
}

function prepare(
  wasm: WasmKernels,
  { convolution, noiseMap, sparseMappingMatrix: t }: CurvatureViaBlurredMappingArgs,
): { blurring: number; groups: number; workOfGroup: number } {
  const { shape, kernel, inputPixels, outputPixels } = convolution;
  const psf = wasm.input(kernel.values);
  const pixels = [wasm.input(inputPixels), wasm.input(outputPixels)];
  const noise = wasm.input(noiseMap);
  const sparse = sparseInput(wasm, t);
  const blurring = wasm.call(
    "prepareBlurring",
    ...shape,
    ...kernel.shape,
    psf,
    t.rows,
    pixels[0],
    noiseMap.length,
    pixels[1],
    noise,
    t.columns,
    ...sparse,
  );
  const groups = wasm.call("groupsOfBlurring", blurring);
  return { blurring: blurring >>> 0, groups, workOfGroup: 16 * kernel.values.length * (t.values.length / t.rows) };
}
