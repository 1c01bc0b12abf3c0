import { command } from "./command.ts";
import { isFinished, openFit, requireSettled } from "./fit-directory.ts";
import { runFit } from "./fit-run.ts";
import { printFit } from "./fit-summary.ts";
import { progress } from "./invocation.ts";
import { PAUSE_OPTIONS, pauseAfter } from "./pause-options.ts";

export const resume = command({
  name: "resume",
  description: "goes on with a fit that was killed or stopped, to the samples that it would have ended with",
  args: { directory: { type: "positional", description: "what `arclet fit` wrote into" }, ...PAUSE_OPTIONS },
  async run(args, invocation) {
    const directory = await openFit(args.directory as string);
    requireSettled(directory, invocation.options);
    if (await isFinished(directory.path)) progress(invocation, `${directory.path}: has ended; written anew`);
    printFit(invocation, await runFit(directory, invocation, { pause: pauseAfter(args), title: "" }));
  },
});
