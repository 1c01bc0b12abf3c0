import { describe, expect, test } from "vitest";
import { isAbsent, type Kernel, VOICE_NAMES, type VoiceName } from "../../src/backend/contract.ts";
import { type KernelName, kernels } from "../../src/backend/kernels.ts";
import { chooseWasmBuild, type WasmBuild } from "../../src/backend/wasm.ts";
import { ARGUMENTS, CASES } from "../../src/bench/cases.ts";
import { relativeDifference } from "./difference.ts";

// Every kernel in every voice on every case, held to the reference: made from the table, so a new voice is a new test.
const BUILDS: readonly WasmBuild[] = ["base", "relaxed"];
const VARIANTS: Record<VoiceName, readonly WasmBuild[]> = { reference: [], wasm: BUILDS, traced: ["base"] };

for (const name of Object.keys(kernels) as KernelName[]) {
  const { voices } = kernels[name] as unknown as Kernel<unknown, unknown>;
  const reference = voices.reference;
  if (isAbsent(reference)) throw new Error(`${name} has no reference`);

  describe(name, () => {
    for (const voiceName of VOICE_NAMES) {
      const voice = voices[voiceName];
      if (isAbsent(voice)) {
        test.skip(`${voiceName}: absent, ${voice.absent}`, () => {});
        continue;
      }
      for (const build of VARIANTS[voiceName]) {
        test.each(CASES.map((c) => [c.name, c] as const))(`${voiceName} (${build}) on %s`, (_, c) => {
          chooseWasmBuild(build);
          const args = ARGUMENTS[name](c);
          const difference = relativeDifference(voice.run(args), reference.run(args));
          expect(difference, voice.because).toBeLessThanOrEqual(voice.tolerance);
        });
      }
    }
  });
}
