import type { Algebra } from "../compiler/algebra.ts";
import { compilePointwise, type Pointwise } from "../compiler/pointwise.ts";
import type { Pair, ParameterTable, ParameterValues } from "../profiles/parameter.ts";
import type { LightComponent, NumericValues } from "./galaxy.ts";
import { type LensMapping, lensMapping } from "./lens-mapping.ts";
import { planeAt } from "./lens-planes.ts";
import { tracePosition } from "./trace-rays.ts";

/** What is compiled once for all values of the parameters, of models that are alike but for these. */
export interface CompiledOptics {
  /** As `lensMapping`, some twenty times as fast at a position. */
  readonly mapping: typeof lensMapping;
  /** The summed intensity of light profiles at a position in their plane. */
  readonly intensity: (lights: readonly LightComponent[]) => (position: Pair<number>) => number;
}

/**
 * Lens mappings and light for many models of one kind, such as draws from a posterior: compiled when first asked for by the
 * names of the profiles and the planes.
 */
export function compiledOptics(): CompiledOptics {
  const known = new Map<string, Pointwise>();
  const compiled = (key: string, make: () => Pointwise): Pointwise => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
  return {
    mapping(planes, redshift) {
      const plain = lensMapping(planes, redshift);
      const target = redshift === undefined ? planes.length - 1 : planeAt(planes, redshift);
      const crossed = planes.slice(0, target + 1);
      const masses = crossed.flatMap((plane) => plane.masses);
      const values = flat(masses.map((mass) => mass.values));
      const key = JSON.stringify(
        crossed.map(({ scalingFactors, masses }) => [scalingFactors, masses.map(({ profile }) => profile.name)]),
      );
      const optic = (withSlopes: boolean) =>
        compiled(`${withSlopes} ${key}`, () =>
          compilePointwise(
            {
              parameters: values.names,
              inputs: ["y", "x"],
              outputs: ["each", "each"],
              formula: (algebra, parameters, [y, x]) => {
                const given = values.of(parameters);
                const first = crossed.map((_, i) => crossed.slice(0, i).reduce((sum, p) => sum + p.masses.length, 0));
                const byPlane = crossed.map((plane, i) => given.slice(first[i], first[i] + plane.masses.length));
                return tracePosition(algebra, crossed, [y, x], byPlane)[target];
              },
            },
            withSlopes,
          ),
        )(values.vector);
      return { ...plain, compiled: pointwiseMapping(optic) };
    },
    intensity(lights) {
      const values = flat(lights.map((light) => light.values));
      const key = JSON.stringify(lights.map(({ profile }) => profile.name));
      const at = compiled(`light ${key}`, () =>
        compilePointwise(
          {
            parameters: values.names,
            inputs: ["y", "x"],
            outputs: ["each"],
            formula: (algebra, parameters, [y, x]) => [summed(algebra, lights, values.of(parameters), [y, x])],
          },
          false,
        ),
      )(values.vector);
      return ([y, x]) => at(y, x)[0];
    },
  };
}

function summed<T>(
  algebra: Algebra<T>,
  lights: readonly LightComponent[],
  values: readonly ParameterValues<ParameterTable, T>[],
  position: Pair<T>,
): T {
  return lights.reduce(
    (sum, { profile }, i) => algebra.add(sum, profile.intensity(algebra, position, values[i])),
    algebra.constant(0),
  );
}

function pointwiseMapping(optic: (withSlopes: boolean) => (y: number, x: number) => Float64Array) {
  let [trace, local]: (ReturnType<typeof optic> | undefined)[] = [];
  const mapping: NonNullable<LensMapping["compiled"]> = {
    trace([y, x]) {
      trace ??= optic(false);
      const traced = trace(y, x);
      return [traced[0], traced[1]];
    },
    local(image) {
      local ??= optic(true);
      const [sourceY, sourceX, yy, yx, xy, xx] = local(image[0], image[1]);
      return { image, source: [sourceY, sourceX], jacobian: [yy, yx, xy, xx], determinant: yy * xx - yx * xy };
    },
  };
  return mapping;
}

/** The values of profiles in one row, and back. */
function flat(values: readonly NumericValues[]) {
  const names: string[] = [];
  const numbers: number[] = [];
  const places = values.map((record, i) =>
    Object.entries(record).map(([key, value]) => {
      const first = numbers.length;
      const components = typeof value === "number" ? [value] : value;
      for (const [c, component] of components.entries()) {
        names.push(`${key} ${i} ${c}`);
        numbers.push(component);
      }
      return { key, first, isPair: typeof value !== "number" };
    }),
  );
  return {
    names,
    vector: Float64Array.from(numbers),
    of: <T>(scalars: readonly T[]): ParameterValues<ParameterTable, T>[] =>
      places.map((entries) =>
        Object.fromEntries(
          entries.map(({ key, first, isPair }) => [
            key,
            isPair ? ([scalars[first], scalars[first + 1]] as const) : scalars[first],
          ]),
        ),
      ),
  };
}
