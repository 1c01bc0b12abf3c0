import { compile, compileGradient, type PointFunction } from "../compiler/compile.ts";
import type { PointArrays, Reduction } from "../compiler/point-program.ts";
import { lensPlanes, planeAt, planeValues } from "../lens/lens-planes.ts";
import { tracePosition, traceRaysTo } from "../lens/trace-rays.ts";
import { galaxiesOver, instantiate, type Model } from "../model/model.ts";
import { ofBearableSize, webAssemblyOfThisThread } from "./traced-light.ts";

/** A voice of the rays from an image to the plane of one of its galaxies. */
export interface SourceRays {
  /** Why there are no slopes; null where there are. */
  readonly noGradient: string | null;
  /**
   * Plans them for the pixels of a dataset.
   * @param positions (N, 2) image-plane y and x, arcseconds.
   */
  from(positions: Float64Array): RaysFromImage;
}

/** Where the rays from given positions meet the plane, and the way back. */
export interface RaysFromImage {
  /** From the model's free parameters (P) to (N, 2) y and x in the plane, arcseconds. */
  (vector: Float64Array): Float64Array;
  /**
   * The gradient of a function of where they meet it; null where the voice has none.
   * @param byTraced (N, 2) the function's derivatives by y and x in the plane.
   * @returns (P) its derivatives by the free parameters.
   * @throws InputError `compiler/size` as `traceLight` does.
   */
  readonly slopes: ((vector: Float64Array, byTraced: Float64Array) => Float64Array) | null;
}

/** The reference: ray by ray, number by number. */
export function referenceRays(model: Model, redshift: number): SourceRays {
  return {
    noGradient: "rays are traced number by number, which gives no derivatives",
    from: (positions) =>
      Object.assign(
        (vector: Float64Array) => traceRaysTo(lensPlanes(instantiate(model, vector).galaxies), redshift, positions),
        { slopes: null },
      ),
  };
}

/** Ray by ray, which costs nothing to plan, with derivatives from a formula that is compiled when they are asked for. */
export function raysByNumber(model: Model, redshift: number): SourceRays {
  const plain = referenceRays(model, redshift);
  let compiled: SourceRays | undefined;
  return {
    noGradient: null,
    from(positions) {
      let fromImage: RaysFromImage | undefined;
      const slopes = (vector: Float64Array, byTraced: Float64Array) => {
        compiled ??= traceRaysInKernel(model, redshift);
        fromImage ??= compiled.from(positions);
        return fromImage.slopes!(vector, byTraced);
      };
      return Object.assign((vector: Float64Array) => plain.from(positions)(vector), { slopes });
    },
  };
}

/**
 * The rays as one compiled formula, and their derivatives as another, which is compiled when first asked for.
 * @throws InputError `compiler/size` as `traceLight` does.
 */
export function traceRaysInKernel(model: Model, redshift: number): SourceRays {
  const kernel = ofBearableSize(() => compile(rayFunction(model, redshift, "each"), webAssemblyOfThisThread()));
  let differentiated: ReturnType<typeof compileGradient> | undefined;
  const gradient = () => {
    // Sums over positions, so that nothing is kept of each.
    differentiated ??= ofBearableSize(() =>
      compileGradient(rayFunction(model, redshift, "sum"), webAssemblyOfThisThread()),
    );
    return differentiated;
  };
  return {
    noGradient: null,
    from(positions) {
      const count = positions.length / 2;
      const places = kernel.allocate(count, 1);
      scatter(positions, places.inputs);
      let placesOfSlopes: PointArrays | undefined;

      function trace(vector: Float64Array): Float64Array {
        kernel.run(vector, places, 0, count);
        const traced = new Float64Array(2 * count);
        places.outputs.forEach((output, axis) => {
          for (let n = 0; n < count; n++) traced[2 * n + axis] = output[n];
        });
        return traced;
      }

      function slopes(vector: Float64Array, byTraced: Float64Array): Float64Array {
        const compiled = gradient();
        if (placesOfSlopes === undefined) {
          placesOfSlopes = compiled.allocate(count, 1);
          scatter(positions, placesOfSlopes.inputs);
        }
        const { inputs, outputs } = placesOfSlopes;
        scatter(byTraced, inputs.slice(2));
        compiled.run(vector, placesOfSlopes, 0, count);
        const totals = outputs.slice(2).map(([sum]) => sum);
        return compiled.gradient(vector, Float64Array.from(totals));
      }

      return Object.assign(trace, { slopes });
    },
  };
}

/** Where a ray meets the plane at a redshift, as a function of the model's free parameters. */
function rayFunction(model: Model, redshift: number, reduction: Reduction): PointFunction {
  // Planes are the same for all values of the parameters.
  const all = lensPlanes(instantiate(model, new Float64Array(model.parameters.length)).galaxies);
  const planes = all.slice(0, planeAt(all, redshift) + 1);
  return {
    parameters: model.parameters.map(({ path }) => path),
    inputs: ["y", "x"],
    outputs: [reduction, reduction],
    formula: (algebra, parameters, [y, x]) => {
      const values = planeValues(galaxiesOver(algebra, model, parameters), planes);
      return tracePosition(algebra, planes, [y, x], values)[planes.length - 1];
    },
  };
}

/** Writes (N, 2) pairs into the first two of these arrays. */
function scatter(pairs: Float64Array, [first, second]: readonly Float64Array[]): void {
  for (let n = 0; n < first.length; n++) {
    first[n] = pairs[2 * n];
    second[n] = pairs[2 * n + 1];
  }
}
