import { kernelsBeside } from "../backend/kernels.ts";
import type { OpenFile } from "../dataset/array-file.ts";
import { locating } from "../errors.ts";
import { readDataset } from "../likelihood/dataset.ts";
import { specFromTree } from "../model/parse-spec.ts";
import { yamlText } from "../model/spec-text.ts";
import { parseYaml } from "../model/yaml-tree.ts";
import { automaticPhases } from "./automatic-phases.ts";
import type { DatasetOnSight, RawSpec } from "./automatic-scene.ts";
import { datasetOnSight } from "./dataset-on-sight.ts";

/**
 * The spec that `pipeline: automatic` stands for: masks, models, priors and phases by what the data show.
 * @param text Of the spec.
 * @param fileName How messages call it.
 * @returns The text itself where it asks for no pipeline.
 * @throws InputError for a spec or files that are not right, and for data in which no lens is seen.
 */
export async function automaticSpec(text: string, fileName: string, open: OpenFile): Promise<string> {
  const tree = parseYaml(text, (line, column) => `${fileName}:${line}:${column}`);
  const spec = specFromTree(tree);
  if (spec.pipeline === undefined) return text;
  const kernels = kernelsBeside("traced");
  const onSight: Record<string, DatasetOnSight> = {};
  for (const [name, given] of Object.entries(spec.datasets)) {
    const dataset = await locating(`datasets.${name}`, () => readDataset(name, given, { open, kernels }));
    onSight[name] = datasetOnSight(dataset);
  }
  const made = yamlText(automaticPhases(tree.value as RawSpec, onSight));
  return `# What pipeline: automatic made of the data; it can be changed, and fitted as any other.\n${made}`;
}
