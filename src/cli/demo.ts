import { command } from "./command.ts";

export const demo = command({
  name: "demo",
  description: "a lens simulated, checked in every voice and fitted; no files needed",
  args: {},
  run() {
    throw new Error("demo is not written yet");
  },
});
