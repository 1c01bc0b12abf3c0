import { resolve } from "node:path";
import { wasmKernels } from "../backend/wasm.ts";
import { automaticSpec } from "../pipeline/automatic-spec.ts";
import { beginFit, type FitDirectory, hashOfText } from "./fit-directory.ts";
import type { Invocation } from "./invocation.ts";
import { withSpec } from "./spec-files.ts";
import { loadTuning } from "./tuning-file.ts";
import { version } from "./version.ts";

/**
 * Begins the fit of a spec.
 * @param path Of its directory.
 * @throws InputError for a spec that is not right, and where a fit has begun.
 */
export async function begin(
  spec: string,
  args: { readonly set?: string | undefined; readonly data?: string | undefined },
  path: string,
  invocation: Invocation,
): Promise<FitDirectory> {
  const { options } = invocation;
  return withSpec({ ...args, spec }, async (files) => {
    const request = {
      format: "arclet-fit" as const,
      version: 1 as const,
      arclet: version(),
      node: process.version,
      spec,
      data: resolve(files.folder),
      asked: hashOfText(files.text),
      seed: options.seed,
      backend: options.backend,
      wasm_build: wasmKernels().build,
      // Of kernels on one thread: threads take whole evaluations.
      tuning: (await loadTuning(invocation, 1)) ?? null,
    };
    return beginFit(path, request, await automaticSpec(files.text, spec, files.open), [spec]);
  });
}

/** Whether a begun fit is of another spec than is asked for now. */
export async function isOfAnotherSpec(
  spec: string,
  args: { readonly set?: string | undefined; readonly data?: string | undefined },
  { request: { asked } }: FitDirectory,
): Promise<boolean> {
  return asked !== undefined && (await withSpec({ ...args, spec }, async ({ text }) => hashOfText(text) !== asked));
}
