import { command } from "./command.ts";

export const evaluate = command({
  name: "evaluate",
  description: "the likelihood of one model",
  args: { spec: { type: "positional", description: "the YAML file of datasets and model" } },
  run() {
    throw new Error("evaluate is not written yet");
  },
});
