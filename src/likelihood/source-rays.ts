import { compile } from "../compiler/compile.ts";
import { lensPlanes, planeAt, planeValues } from "../lens/lens-planes.ts";
import { tracePosition, traceRaysTo } from "../lens/trace-rays.ts";
import { galaxiesOver, instantiate, type Model } from "../model/model.ts";
import { ofBearableSize, webAssemblyOfThisThread } from "./traced-light.ts";

/** A voice of the rays from an image to the plane of one of its galaxies. */
export interface SourceRays {
  /**
   * Plans them for the pixels of a dataset.
   * @param positions (N, 2) image-plane y and x, arcseconds.
   * @returns From the model's free parameters (P) to (N, 2) y and x in the plane, arcseconds.
   */
  from(positions: Float64Array): (vector: Float64Array) => Float64Array;
}

/** The reference: ray by ray, number by number. */
export function referenceRays(model: Model, redshift: number): SourceRays {
  return {
    from: (positions) => (vector) => traceRaysTo(lensPlanes(instantiate(model, vector).galaxies), redshift, positions),
  };
}

/** The rays as one compiled formula. @throws InputError `compiler/size` as `traceLight` does. */
export function traceRaysInKernel(model: Model, redshift: number): SourceRays {
  // Planes are the same for all values of the parameters.
  const all = lensPlanes(instantiate(model, new Float64Array(model.parameters.length)).galaxies);
  const planes = all.slice(0, planeAt(all, redshift) + 1);
  const kernel = ofBearableSize(() =>
    compile(
      {
        parameters: model.parameters.map(({ path }) => path),
        inputs: ["y", "x"],
        outputs: ["each", "each"],
        formula: (algebra, parameters, [y, x]) => {
          const values = planeValues(galaxiesOver(algebra, model, parameters), planes);
          return tracePosition(algebra, planes, [y, x], values)[planes.length - 1];
        },
      },
      webAssemblyOfThisThread(),
    ),
  );
  return {
    from(positions) {
      const count = positions.length / 2;
      const places = kernel.allocate(count, 1);
      places.inputs.forEach((input, axis) => {
        for (let n = 0; n < count; n++) input[n] = positions[2 * n + axis];
      });
      return (vector) => {
        kernel.run(vector, places, 0, count);
        const traced = new Float64Array(2 * count);
        places.outputs.forEach((output, axis) => {
          for (let n = 0; n < count; n++) traced[2 * n + axis] = output[n];
        });
        return traced;
      };
    },
  };
}
