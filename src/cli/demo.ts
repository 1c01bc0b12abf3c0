import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { VoiceName } from "../backend/contract.ts";
import { bytesSource } from "../io/byte-source.ts";
import { planSpec } from "../likelihood/from-spec.ts";
import { parseSpec } from "../model/parse-spec.ts";
import { panelsPng } from "../result/figures.ts";
import { evaluationPictures } from "../result/pictures.ts";
import { filesOfSimulation } from "../result/simulated-files.ts";
import { command } from "./command.ts";
import { fitDemo, requireDemoFit } from "./demo-fit.ts";
import { DEMO_SPEC, demoTruth, simulateDemo } from "./demo-lens.ts";
import { printEvidences, printFound, printPictures } from "./demo-text.ts";
import { evidenceEveryWay, requireAgreement } from "./demo-voices.ts";
import { printJson, progress } from "./invocation.ts";
import { type OutputDirectory, outputDirectory } from "./output.ts";

const SPEC = "demo.yaml";
const PICTURE = "demo.png";
const RESULT = "demo.json";
/** A directory in that of the demo. */
const FIT = "fit";

export const demo = command({
  name: "demo",
  description: "simulates a lens as JWST and ALMA see it, weighs it in every voice and form, fits it; no files needed",
  args: {},
  async run(_, invocation) {
    const { seed, json, out = "arclet-out" } = invocation.options;
    const directory = await outputDirectory(out);
    await requireOwn(directory);
    progress(invocation, "simulating a lens as JWST and ALMA see it");
    const { image, visibilities, files } = await simulateDemo(seed);
    const written: string[] = [];
    // The spec first: it marks the directory as the demo's.
    for (const [name, contents] of [[SPEC, DEMO_SPEC] as const, ...files]) {
      written.push(await directory.write(name, contents));
    }

    const open = async (path: string) => bytesSource(files.get(path)!, path);
    const planned = (backend: VoiceName | "auto") => planSpec(parseSpec(DEMO_SPEC, SPEC), { open, backend });
    const { datasets, model, likelihood } = await planned("auto");
    const truth = demoTruth();
    const vector = Float64Array.from(model.parameters, ({ path }) => truth[path]);
    const [evaluation] = await likelihood.evaluate(vector);
    written.push(await directory.write(PICTURE, panelsPng(evaluationPictures(datasets, evaluation))));
    if (!json) printPictures(invocation, image, datasets, evaluation);
    const ways = await evidenceEveryWay(planned, vector, visibilities, (line) => progress(invocation, line));
    if (!json) printEvidences(invocation, ways);

    progress(invocation, "fitting one mass to both");
    const fit = await fitDemo(join(out, SPEC), join(out, FIT), invocation);
    const result = { ...ways, fit };
    written.push(await directory.write(RESULT, `${JSON.stringify(result, null, 2)}\n`));
    if (json) printJson(invocation, { ...result, files: written });
    else printFound(invocation, fit, written);
    requireAgreement(ways.agreement);
  },
});

/**
 * Where an earlier demo has written, its files may be replaced; no others.
 * @throws InputError `output/exists`, `fit/exists`.
 */
async function requireOwn(directory: OutputDirectory): Promise<void> {
  const there = await readFile(join(directory.path, SPEC), "utf8").catch(() => null);
  if (there === DEMO_SPEC) return requireDemoFit(join(directory.path, FIT));
  const { made, read } = filesOfSimulation(parseSpec(DEMO_SPEC, SPEC));
  await directory.requireNew([SPEC, ...made, ...read, PICTURE, RESULT, FIT]);
}
