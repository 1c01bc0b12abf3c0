import { basename } from "node:path";

/** The name of a spec or a template, without its folder and kind: `lenses/J0946.yaml` and `J0946.coolest.json` are `J0946`. */
export function stemOf(path: string): string {
  return basename(path).replace(/(\.ya?ml|(\.coolest)?\.json)$/i, "");
}
