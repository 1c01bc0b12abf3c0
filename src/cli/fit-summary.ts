import type { WrittenFit } from "./fit-results.ts";
import { type Invocation, printJson } from "./invocation.ts";

/** What a fit ended with, for people or as JSON. */
export function printFit(invocation: Invocation, { result, files }: WrittenFit): void {
  if (invocation.options.json) {
    printJson(invocation, { ...result, files });
    return;
  }
  invocation.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  for (const file of files) invocation.stdout.write(`written ${file}\n`);
}
