import { kernelsOf, type VoiceKernels } from "../../src/backend/kernels.ts";
import { chooseWasmBuild } from "../../src/backend/wasm.ts";

/** The reference, and both builds of WebAssembly: a test that takes them chooses the best build again in the end. */
export const VOICES: readonly (readonly [name: string, kernels: () => VoiceKernels])[] = [
  ["reference", () => kernelsOf("reference")],
  ["base", () => ofBuild("base")],
  ["relaxed", () => ofBuild("relaxed")],
];

function ofBuild(build: "base" | "relaxed"): VoiceKernels {
  chooseWasmBuild(build);
  return kernelsOf("wasm");
}
