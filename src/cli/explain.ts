import { type Explanation, explain as explained, explanationText } from "../compiler/explain.ts";
import { requireParametric } from "../likelihood/parametric.ts";
import { isPixelized } from "../likelihood/plan.ts";
import { traceLight } from "../likelihood/traced-light.ts";
import { withIntensities } from "../model/linear-light.ts";
import { buildModel, freedModel } from "../model/model.ts";
import { errorInSpec } from "../model/parse-spec.ts";
import { command } from "./command.ts";
import { printJson } from "./invocation.ts";
import { SPEC_OPTIONS, withSpec } from "./spec-files.ts";

export const explain = command({
  name: "explain",
  description: "what the compiler makes of a model's light: operations, and the generated code",
  args: SPEC_OPTIONS,
  async run(args, invocation) {
    await withSpec(args, async ({ spec }) => {
      const written = buildModel(spec);
      if (isPixelized(written)) {
        const remedy = "give light profiles: a pixelized source is not compiled";
        throw errorInSpec(spec, "galaxies", "spec/pixelized", "the source is pixelized", remedy);
      }
      requireParametric(written);
      // Without priors the derivatives are those that evaluate --gradient takes.
      const searched = written.parameters.length > 0 ? written : freedModel(spec).model;
      // What is solved for comes to the kernels as parameters do.
      const model = withIntensities(searched);
      const light = traceLight(model);
      const [value, gradient] = [explained(light.kernel), explained(light.gradient())];
      const parameters = model.parameters.map(({ path }) => path);
      if (invocation.options.json) {
        printJson(invocation, { parameters, image: explanationJson(value), gradient: explanationJson(gradient) });
        return;
      }
      const sections = [
        `free parameters: ${parameters.length} (${parameters.join(", ")})`,
        `THE MODEL IMAGE\n\n${explanationText(value)}`,
        `THE MODEL IMAGE AND ITS DERIVATIVES\n\n${explanationText(gradient)}`,
      ];
      invocation.stdout.write(`${sections.join("\n\n")}\n`);
    });
  },
});

function explanationJson({ call, point, frontier, derivatives, code }: Explanation) {
  return {
    operations: { call: Object.fromEntries(call), point: Object.fromEntries(point) },
    frontier,
    ...(derivatives === undefined ? {} : { derivatives }),
    code,
  };
}
