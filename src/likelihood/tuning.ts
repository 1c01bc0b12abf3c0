import * as z from "zod";
import { LATTICE_SUMS } from "../dataset/compaction.ts";
import { InputError } from "../errors.ts";
import { CURVATURE_FORMS } from "./curvature-form.ts";

/** Grows when the meaning of what is stored changes. */
export const TUNING_FORMAT = 1;

const size = z.number().positive();

const latticeSums = z.object({
  choice: z.literal("lattice_sums"),
  sizes: z.object({
    /** Rows times columns of the pixel grid. */
    grid_pixels: size,
    /** K */
    visibilities: size,
  }),
  /** By candidate: of w and the dirty image together. */
  seconds: z.partialRecord(z.enum(LATTICE_SUMS), z.number().positive()),
});

const curvatureMatrix = z.object({
  choice: z.literal("curvature_matrix"),
  sizes: z.object({
    /** M */
    image_pixels: size,
    /** S */
    source_pixels: size,
    /** Entries of T over M. */
    mappings_per_pixel: size,
    /** 2 where real and imaginary noise differ, so that W has `plus` too; 1 where not. */
    lattices: size,
  }),
  /** By candidate: one curvature matrix, what belongs to the dataset made before. */
  seconds: z.partialRecord(z.enum(CURVATURE_FORMS), z.number().positive()),
});

const measurement = z.discriminatedUnion("choice", [latticeSums, curvatureMatrix]);

/** Of the file that `arclet tune` writes. */
export const tuningSchema = z.object({
  format: z.literal(TUNING_FORMAT),
  /** Of the program, whose kernels were timed. */
  version: z.string(),
  machine: z.record(z.string(), z.unknown()),
  /** ISO 8601 */
  date: z.string(),
  wasm_build: z.enum(["base", "relaxed"]),
  threads: z.int().positive(),
  measurements: z.array(measurement),
  /** Candidates whose results were not right: they have no times, and are never picked. */
  wrong: z.array(z.object({ choice: z.string(), candidate: z.string(), because: z.string() })),
});

/** What one candidate or another takes at some sizes. */
export type Measurement = z.infer<typeof measurement>;

/** What was measured on one machine, as JSON stores it. */
export type Tuning = z.infer<typeof tuningSchema>;

/** @throws InputError `tuning/format` for text that is no tuning, or one of another format. */
export function parseTuning(text: string, name: string): Tuning {
  const fail = (what: string): InputError => new InputError("tuning/format", what, "run arclet tune again", name);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail("the tuning is not JSON");
  }
  const parsed = tuningSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw fail(`the tuning is damaged or of another format: ${path.join(".")}: ${message}`);
}
