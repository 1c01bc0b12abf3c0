import { specJsonSchema } from "../model/json-schema.ts";
import { command } from "./command.ts";
import { printJson } from "./invocation.ts";

export const schema = command({
  name: "schema",
  description: "the JSON Schema of specs, for editors",
  args: {},
  run(_, invocation) {
    if (invocation.options.json) printJson(invocation, specJsonSchema());
    else invocation.stdout.write(`${JSON.stringify(specJsonSchema(), null, 2)}\n`);
  },
});
