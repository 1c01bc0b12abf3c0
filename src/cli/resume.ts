import type { StopRules } from "../model/search-schema.ts";
import { command } from "./command.ts";
import { isFinished, openFit } from "./fit-directory.ts";
import { runFit } from "./fit-run.ts";
import { printFit } from "./fit-summary.ts";
import { progress } from "./invocation.ts";
import { positiveNumber } from "./options.ts";

export const resume = command({
  name: "resume",
  description: "goes on with a fit that was killed or stopped, to the samples that it would have ended with",
  args: {
    directory: { type: "positional", description: "what `arclet fit` wrote into" },
    evaluations: { type: "string", valueHint: "N", description: "stop after so many, those before included" },
    minutes: { type: "string", valueHint: "N", description: "stop after so many minutes" },
  },
  async run(args, invocation) {
    const directory = await openFit(args.directory as string);
    if (await isFinished(directory.path))
      progress(invocation, `${directory.path}: has ended; its results are written anew`);
    const limit = (option: "evaluations" | "minutes", example: string) => {
      const text = args[option];
      return text === undefined ? Infinity : positiveNumber(option, text, example);
    };
    const stop: StopRules = { evaluations: limit("evaluations", "100000"), minutes: limit("minutes", "60") };
    printFit(invocation, await runFit(directory, invocation, { stop, title: "" }));
  },
});
