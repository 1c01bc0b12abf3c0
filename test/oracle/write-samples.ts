import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { samplesNetcdf } from "../../src/result/samples-netcdf.ts";
import { samplesNpz } from "../../src/result/samples-npz.ts";
import { sampledOutcome } from "../result/sampled-outcome.ts";

/** Writes what `check_samples.py` looks at: node write-samples.ts DIR */
const directory = process.argv[2];
mkdirSync(directory, { recursive: true });
for (const method of ["nested", "ensemble"] as const) {
  const outcome = await sampledOutcome(method);
  writeFileSync(join(directory, `${method}.nc`), samplesNetcdf(outcome, "0.0.0"));
  writeFileSync(join(directory, `${method}.npz`), samplesNpz(outcome));
}
