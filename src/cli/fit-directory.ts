import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm, stat, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as z from "zod";
import { VOICE_NAMES } from "../backend/contract.ts";
import { InputError } from "../errors.ts";
import { tuningSchema } from "../likelihood/tuning.ts";
import { lock } from "./directory-lock.ts";
import { errorCode } from "./error-code.ts";
import type { CommonOptions } from "./options.ts";
import { type OutputDirectory, outputDirectory } from "./output.ts";

/*
 * A fit is a directory: what was asked for (`fit.json`, `spec.yaml`), what the likelihood said (`evaluations.journal`), and,
 * once it has ended, its results. The first two do not change after it has begun.
 */

const REQUEST = "fit.json";
const SPEC = "spec.yaml";
const INPUTS = "inputs.json";
export const JOURNAL = "evaluations.journal";
export const RESULT = "result.json";
export const TIMING = "timing.json";

/** With less than this free, a fit does not begin: it would lose its results in the end. */
const LEAST_SPACE = 64 * 2 ** 20;

const requestSchema = z.object({
  format: z.literal("arclet-fit"),
  version: z.literal(1),
  /** The version of arclet, and of Node, that began it. */
  arclet: z.string(),
  node: z.string(),
  /** The spec as the command line named it, for messages. */
  spec: z.string(),
  /** Where its files are. */
  data: z.string(),
  /** SHA-256 of the spec as it was asked for, before a pipeline is made of it; absent in fits that began before there was this. */
  asked: z.string().optional(),
  seed: z.int().min(0),
  backend: z.enum(["auto", ...VOICE_NAMES]),
  wasm_build: z.enum(["base", "relaxed"]),
  tuning: tuningSchema.nullable(),
});

/** Everything that the samples depend on besides the spec and its files: a resumed fit uses the same. */
export type FitRequest = Readonly<z.infer<typeof requestSchema>>;

export interface FitDirectory {
  readonly path: string;
  readonly request: FitRequest;
  /** Of the spec, overrides put in. */
  readonly text: string;
}

/** Whether a fit has begun here. */
export async function isFit(path: string): Promise<boolean> {
  return (await stat(join(path, REQUEST)).catch(() => undefined)) !== undefined;
}

/** Whether a fit has ended here: not one that was stopped on its way. */
export async function isFinished(path: string): Promise<boolean> {
  try {
    return JSON.parse(await readFile(join(path, RESULT), "utf8")).stopped === null;
  } catch {
    return false;
  }
}

/**
 * Begins a fit.
 * @param inputs Files that are never overwritten.
 * @throws InputError where one has begun already, and where the directory cannot be written or is on a full disk.
 */
export async function beginFit(
  path: string,
  request: FitRequest,
  text: string,
  inputs: readonly string[],
): Promise<FitDirectory> {
  if (await isFit(path)) {
    const remedy = `go on with \`arclet resume ${path}\`, or give another --out`;
    throw new InputError("fit/exists", "a fit has begun here already", remedy, path);
  }
  const directory = await outputDirectory(path, inputs);
  const { bavail, bsize } = await statfs(path);
  if (bavail * bsize < LEAST_SPACE) {
    const free = Math.floor((bavail * bsize) / 2 ** 20);
    const what = `the disk has ${free} MB left, too little for a fit and its results`;
    throw new InputError("output/space", what, "make room, or give --out a directory on another disk", path);
  }
  await directory.write(SPEC, text);
  // Last: with it, the fit has begun.
  await directory.write(REQUEST, `${JSON.stringify(request, null, 2)}\n`);
  return { path, request, text };
}

/**
 * Takes from a directory what makes it a fit, so that another can begin there. Results stay until they are replaced.
 * @throws InputError `output/locked` where another process runs it.
 */
export async function discardFit(path: string): Promise<void> {
  const held = await lock(path);
  try {
    await removeFit(path);
  } finally {
    await held.release();
  }
}

/** By who has the lock. The request goes last: whatever is left of a fit before it is one that has not computed anything. */
export async function removeFit(path: string): Promise<void> {
  for (const name of [RESULT, JOURNAL, INPUTS, REQUEST]) await rm(join(path, name), { force: true });
}

/** @throws InputError where there is no fit, or one of another version of the format. */
export async function openFit(path: string): Promise<FitDirectory> {
  const file = join(path, REQUEST);
  const remedy = "give the directory that `arclet fit` wrote into";
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const what = error instanceof SyntaxError ? "this is not JSON" : `there is no fit here (${errorCode(error)})`;
    throw new InputError("fit/missing", what, remedy, file);
  }
  const request = requestSchema.safeParse(json);
  if (!request.success) {
    const [{ path: at, message }] = request.error.issues;
    throw new InputError("fit/format", `this is no fit that can be resumed: ${at.join(".")}: ${message}`, remedy, file);
  }
  return { path, request: request.data, text: await readFile(join(path, SPEC), "utf8") };
}

/**
 * That a command asks of a begun fit nothing but what it began with: its bytes depend on these.
 * @throws InputError `fit/settled`.
 */
export function requireSettled(
  { path, request }: FitDirectory,
  { given, out, ...options }: Pick<CommonOptions, "given" | "backend" | "seed"> & Partial<Pick<CommonOptions, "out">>,
): void {
  for (const option of given) {
    if (options[option] === request[option]) continue;
    const what = `--${option} ${options[option]}: this fit began with --${option} ${request[option]}, and keeps it`;
    throw new InputError("fit/settled", what, `leave --${option} out, or fit anew with another --out`, path);
  }
  if (out === undefined || resolve(out) === resolve(path)) return;
  const what = `--out ${out}: the results of a fit are in the directory that it began in`;
  throw new InputError("fit/settled", what, "leave --out out, and copy the directory where another is wanted", path);
}

/** SHA-256 of files by their paths. */
export type InputHashes = Readonly<Record<string, string>>;

/**
 * What the fit read, which must be what it read when it began.
 * @param text Of its spec, to which the same goes.
 * @throws InputError `fit/changed`.
 */
export async function requireSameInputs(
  directory: OutputDirectory,
  paths: readonly string[],
  text: string,
): Promise<InputHashes> {
  const hashes: Record<string, string> = { [SPEC]: hashOfText(text) };
  for (const path of new Set(paths)) hashes[path] = await hashOf(path);
  const known = await knownHashes(join(directory.path, INPUTS));
  const changed = Object.keys(hashes).find((path) => Object.hasOwn(known, path) && known[path] !== hashes[path]);
  if (changed !== undefined) {
    const remedy = "put back the file that the fit began with, or fit anew with another --out";
    const where = changed === SPEC ? join(directory.path, SPEC) : changed;
    throw new InputError("fit/changed", "the file has changed since the fit began", remedy, where);
  }
  const all = { ...known, ...hashes };
  await directory.write(INPUTS, `${JSON.stringify(all, null, 2)}\n`);
  const { [SPEC]: _, ...inputs } = all;
  return inputs;
}

async function knownHashes(path: string): Promise<InputHashes> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  try {
    return JSON.parse(text);
  } catch {
    const remedy = "remove it to go on without comparing the data with those that the fit began with";
    throw new InputError("fit/damaged", "the file is no JSON", remedy, path);
  }
}

/** SHA-256. */
export function hashOfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
