import { UNLIMITED } from "../model/search-schema.ts";
import { command } from "./command.ts";
import { isFinished, openFit } from "./fit-directory.ts";
import { runFit } from "./fit-run.ts";
import { printFit } from "./fit-summary.ts";
import { progress } from "./invocation.ts";
import { STOP_OPTIONS, stopRules } from "./stop-options.ts";

export const resume = command({
  name: "resume",
  description: "goes on with a fit that was killed or stopped, to the samples that it would have ended with",
  args: { directory: { type: "positional", description: "what `arclet fit` wrote into" }, ...STOP_OPTIONS },
  async run(args, invocation) {
    const directory = await openFit(args.directory as string);
    if (await isFinished(directory.path)) progress(invocation, `${directory.path}: has ended; written anew`);
    // What stopped it must not stop it again.
    const stop = stopRules(args) ?? UNLIMITED;
    printFit(invocation, await runFit(directory, invocation, { stop, title: "" }));
  },
});
