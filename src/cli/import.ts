import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { InputError } from "../errors.ts";
import { specFromCoolest } from "../model/coolest-spec.ts";
import { command } from "./command.ts";
import { errorCode } from "./error-code.ts";
import { oneLine, printJson } from "./invocation.ts";
import { outputDirectory } from "./output.ts";
import { stemOf } from "./spec-name.ts";

export const importModel = command({
  name: "import",
  description: "a spec of a COOLEST template, beside the template or in --out",
  args: { template: { type: "positional", description: "the JSON file of a COOLEST template" } },
  async run(args, invocation) {
    const { json, out } = invocation.options;
    const path = args.template as string;
    const text = specFromCoolest(await templateText(path), path);
    const directory = await outputDirectory(out ?? dirname(path), [path]);
    const name = `${stemOf(path)}.yaml`;
    await directory.requireNew([name]);
    const written = await directory.write(name, text);
    // The first says where it comes from.
    const notes = text
      .split("\n")
      .filter((line) => line.startsWith("# "))
      .slice(1)
      .map((line) => line.slice(2));
    if (resolve(directory.path) !== resolve(dirname(path))) {
      notes.push(`Files are where the template is: give --data ${dirname(path)} with the spec.`);
    }
    if (json) {
      printJson(invocation, { files: [written], notes });
      return;
    }
    for (const note of notes) invocation.stdout.write(`${oneLine(note)}\n`);
    invocation.stdout.write(`written ${written}\n`);
  },
});

async function templateText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const what = `the template cannot be read (${errorCode(error)})`;
    throw new InputError("coolest/unreadable", what, "give the path of a JSON file", path);
  }
}
