import { type ArrayFile, openArray } from "../../src/dataset/array-file.ts";
import { type VisibilityFiles, visibilityFiles } from "../../src/dataset/interferometer.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { writeNpz } from "../../src/io/npz.ts";
import type { VisibilityData } from "../../src/operators/compaction.ts";

/** A dataset as files, so that what reads it is the real reader. */
export async function storedVisibilities(data: VisibilityData): Promise<VisibilityFiles> {
  return visibilityFiles(
    await stored(data.visibilities),
    await stored(data.noiseMap),
    await stored(data.uvWavelengths),
  );
}

function stored(pairs: Float64Array): Promise<ArrayFile> {
  const bytes = writeNpz({ array: { dtype: "f8", shape: [pairs.length / 2, 2], data: pairs } });
  return openArray(bytesSource(bytes, "data.npz"), "array");
}
