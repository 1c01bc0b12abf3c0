import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { InputError } from "../errors.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { Spec } from "../model/spec.ts";
import { specText } from "../model/spec-text.ts";
import { type FileSource, openFile } from "./file-source.ts";

/** Options of every command that takes a spec. */
export const SPEC_OPTIONS = {
  spec: { type: "positional", description: "the YAML file of datasets and model" },
  set: { type: "string", valueHint: "PATH=VALUE...", description: "replace a value of the spec; may be repeated" },
  data: { type: "string", valueHint: "DIR", description: "where the spec's files are (default: beside the spec)" },
} as const;

/** A spec, and the files that it names, open until `close`. */
export class SpecFiles {
  readonly spec: Spec;
  /** Of the spec, as it is evaluated. */
  readonly text: string;
  /** Paths of the spec and of every file opened so far. */
  readonly paths: string[];
  /** Where relative paths start. */
  readonly folder: string;
  readonly #open: FileSource[] = [];

  constructor(spec: Spec, text: string, path: string, folder: string) {
    this.spec = spec;
    this.text = text;
    this.paths = [path];
    this.folder = folder;
  }

  /** Opens a file of the spec; relative paths start from the data folder. */
  readonly open = async (path: string): Promise<FileSource> => {
    const full = isAbsolute(path) ? path : join(this.folder, path);
    const source = await openFile(full).catch((error: unknown) => {
      if (!(error instanceof InputError) || error.tag !== "file/missing") throw error;
      const remedy = "check the path, or say where the spec's files are with --data";
      throw new InputError(error.tag, "there is no such file", remedy, full);
    });
    this.#open.push(source);
    this.paths.push(full);
    return source;
  };

  async close(): Promise<void> {
    await Promise.all(this.#open.map((source) => source.close()));
  }
}

interface SpecArguments {
  readonly spec?: string | undefined;
  readonly set?: string | undefined;
  readonly data?: string | undefined;
}

/** Reads a spec with its overrides, hands it to `use` and closes what that opened. */
export async function withSpec<T>(args: SpecArguments, use: (files: SpecFiles) => Promise<T>): Promise<T> {
  // Required by the definition, although citty types it as optional.
  const path = args.spec as string;
  const text = await readText(path);
  const overrides = args.set?.split("\n");
  const spec = parseSpec(text, path, overrides);
  const files = new SpecFiles(spec, specText(text, path, overrides), path, args.data ?? dirname(path));
  try {
    return await use(files);
  } finally {
    await files.close();
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const remedy =
      code === "EISDIR"
        ? "give a YAML file; `arclet fit` takes patterns too, such as 'lenses/*/lens.yaml'"
        : "give the path of a YAML file";
    throw new InputError("spec/unreadable", `the spec cannot be read (${code})`, remedy, path);
  }
}
