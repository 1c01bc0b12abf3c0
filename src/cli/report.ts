import { InputError } from "../errors.ts";
import { command } from "./command.ts";
import { isFinished, openFit, requireSettled } from "./fit-directory.ts";
import { runFit } from "./fit-run.ts";
import { printJson } from "./invocation.ts";
import { wholeNumber } from "./options.ts";

export const report = command({
  name: "report",
  description: "writes the results of a fit and their report anew",
  args: {
    directory: { type: "positional", description: "what `arclet fit` wrote into" },
    meshes: {
      type: "string",
      valueHint: "N",
      description:
        "evaluate the best fit on N other meshes: what their log evidences scatter by cannot tell models apart",
    },
  },
  async run(args, invocation) {
    const directory = await openFit(args.directory as string);
    requireSettled(directory, invocation.options);
    if (!(await isFinished(directory.path))) {
      const remedy = `go on with \`arclet resume ${directory.path}\`, which writes a report in the end`;
      throw new InputError("fit/unfinished", "the fit has not ended", remedy, directory.path);
    }
    const meshes = args.meshes === undefined ? 0 : wholeNumber("meshes", args.meshes, 1);
    const { files, meshNoise } = await runFit(directory, invocation, { title: "", meshes });
    if (invocation.options.json) {
      printJson(invocation, { files, ...(meshes > 0 && { mesh_noise: meshNoise }) });
      return;
    }
    if (meshNoise === null && meshes > 0) invocation.stdout.write("there is no log evidence on other meshes\n");
    if (meshNoise !== null) {
      const { meshes, standard_deviation: scatter } = meshNoise;
      invocation.stdout.write(`log evidence scatters by ${scatter.toFixed(2)} over ${meshes} meshes\n`);
    }
    for (const file of files) invocation.stdout.write(`written ${file}\n`);
  },
});
