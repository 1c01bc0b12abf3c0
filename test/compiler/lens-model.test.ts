import { describe, expect, it } from "vitest";
import type { Algebra } from "../../src/compiler/algebra.ts";
import { compileGradient, type PointFunction } from "../../src/compiler/compile.ts";
import { javascript } from "../../src/compiler/emit-js.ts";
import type { PointBackend } from "../../src/compiler/point-program.ts";
import { fusesMultiplyAdds, webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { sersic } from "../../src/profiles/light/sersic.ts";
import { externalShear } from "../../src/profiles/mass/external-shear.ts";
import { isothermal } from "../../src/profiles/mass/isothermal.ts";
import type { Pair } from "../../src/profiles/parameter.ts";

/** The light of a lens and of a source behind it. */
const MODEL: PointFunction = {
  parameters: Array.from({ length: 21 }, (_, index) => `p${index}`),
  inputs: ["y", "x"],
  outputs: ["groupMean"],
  formula: (algebra, parameters, [y, x]) => {
    const [centreY, centreX, e0, e1, einsteinRadius, gamma1, gamma2] = parameters.slice(7, 14);
    const lens = { centre: [centreY, centreX], ellComps: [e0, e1], einsteinRadius } as const;
    const [lensY, lensX] = isothermal.deflection(algebra, [y, x], lens);
    const [shearY, shearX] = externalShear.deflection(algebra, [y, x], { gamma1, gamma2 });
    const { add, sub } = algebra;
    const source = [sub(sub(y, lensY), shearY), sub(sub(x, lensX), shearX)] as const;
    return [add(light(algebra, [y, x], parameters.slice(0, 7)), light(algebra, source, parameters.slice(14)))];
  },
};

function light<T>(algebra: Algebra<T>, position: Pair<T>, [y, x, e0, e1, intensity, radius, index]: readonly T[]): T {
  const values = {
    centre: [y, x],
    ellComps: [e0, e1],
    intensity,
    effectiveRadius: radius,
    sersicIndex: index,
  } as const;
  return sersic.intensity(algebra, position, values);
}

const PARAMETERS = Float64Array.of(
  ...[0.01, -0.02, 0.05, 0.08, 1.2, 0.6, 3.1],
  ...[0.02, 0.01, 0.1, -0.07, 1.6, 0.03, -0.04],
  ...[0.1, 0.05, 0.1, 0.2, 0.8, 0.3, 1.4],
);

/** A square of side 2 `reach`, in pixels of 3 x 3 points. */
function evaluate(backend: PointBackend, pixels: number, reach: number) {
  const kernel = compileGradient(MODEL, backend);
  const points = 9 * pixels ** 2;
  const arrays = kernel.allocate(points, 9);
  for (let point = 0; point < points; point++) {
    const [pixel, part] = [Math.floor(point / 9), point % 9];
    const along = (at: number, sub: number) => (reach * (2 * at + (2 * sub + 1) / 3)) / pixels - reach;
    arrays.inputs[0][point] = -along(Math.floor(pixel / pixels), Math.floor(part / 3));
    arrays.inputs[1][point] = along(pixel % pixels, part % 3);
  }
  kernel.run(PARAMETERS, arrays, 0, points);
  const totals = Float64Array.from(arrays.outputs.slice(1), (derivative) => derivative.reduce((sum, d) => sum + d, 0));
  return { image: arrays.outputs[0], gradient: kernel.gradient(PARAMETERS, totals) };
}

/** The largest difference relative to the largest value. */
function difference(ours: Float64Array, theirs: Float64Array): number {
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return ours.reduce((most, value, index) => Math.max(most, Math.abs(value - theirs[index])), 0) / largest;
}

const BUILDS = fusesMultiplyAdds() ? ([true, false] as const) : ([false] as const);

describe.each(BUILDS)("a lens model in WebAssembly, multiply-adds fused: %s", (fused) => {
  it("has the image and the gradient that it has in JavaScript", () => {
    const theirs = evaluate(javascript, 23, 3);
    const ours = evaluate(webAssembly(fused), 23, 3);
    expect(theirs.gradient.every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    // Both round some hundred times; derivatives cancel between the parts of a pixel.
    expect(difference(ours.image, theirs.image)).toBeLessThan(1e-14);
    expect(difference(ours.gradient, theirs.gradient)).toBeLessThan(1e-12);
  });
});
