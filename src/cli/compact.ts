import { command } from "./command.ts";

export const compact = command({
  name: "compact",
  description: "visibilities made compact for a pixel grid",
  args: { spec: { type: "positional", description: "the YAML file of datasets and model" } },
  run() {
    throw new Error("compact is not written yet");
  },
});
