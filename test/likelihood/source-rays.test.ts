import { describe, expect, test } from "vitest";
import { borderPixels } from "../../src/dataset/border.ts";
import { maskCircular, nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import { fixedSubSizes, subPixelPositions } from "../../src/dataset/oversampling.ts";
import { pixelGrid, slimPositions } from "../../src/grid.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { type Mapping, mappingMatrix, meanOverSubPixels } from "../../src/inversion/mapping.ts";
import { borderEllipse, relocateOntoBorder } from "../../src/inversion/mesh/border-relocation.ts";
import { borderRelocationSlopes } from "../../src/inversion/mesh/border-relocation-slopes.ts";
import { delaunayMesh } from "../../src/inversion/mesh/delaunay.ts";
import { delaunaySlopes } from "../../src/inversion/mesh/delaunay-slopes.ts";
import { imageMeshOverlay } from "../../src/inversion/mesh/image-mesh-overlay.ts";
import { rectangularMesh } from "../../src/inversion/mesh/rectangular.ts";
import { rectangularSlopes } from "../../src/inversion/mesh/rectangular-slopes.ts";
import { type RaysFromImage, referenceRays, traceRaysInKernel } from "../../src/likelihood/source-rays.ts";
import { buildModel, freedModel } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { dot } from "../../src/operators/matrix.ts";
import { differences, expectSlopes } from "../inversion/differences.ts";

const DATASETS = "datasets:\n  alma: { type: interferometer, compact: alma.npz }\n";
const ONE_PLANE = `${DATASETS}galaxies:
  lens:
    redshift: 0.5
    mass: { profile: Isothermal, centre: [0.05, -0.1], ell_comps: [0.1, 0.05], einstein_radius: 0.9 }
    shear: { profile: ExternalShear, gamma_1: 0.05, gamma_2: -0.02 }
  source:
    redshift: 1.0
    pixelization:
      mesh: { type: delaunay, image_mesh: { type: overlay, shape: [7, 8] } }
      regularization: { type: constant, coefficient: 2.0 }`;
const TWO_PLANES = `${ONE_PLANE}
  between:
    redshift: 0.8
    halo: { profile: PowerLaw, centre: [0.3, 0.2], ell_comps: [-0.05, 0.1], einstein_radius: 0.3, slope: 2.1 }`;

const spec = (text: string) => parseSpec(text, "lens.yaml");

function slopesOf(rays: RaysFromImage, vector: Float64Array, byTraced: Float64Array): Float64Array {
  expect(rays.slopes).not.toBeNull();
  return rays.slopes!(vector, byTraced);
}

describe.each([
  ["one plane of masses", ONE_PLANE],
  ["two planes", TWO_PLANES],
])("rays through %s", (_, text) => {
  const { model, vector } = freedModel(spec(text));
  const random = randomState(5);
  // A ring whose rays stay away from all centres, where deflections have no derivatives.
  const positions = Float64Array.from(
    Array.from({ length: 2500 }, () => {
      const [radius, angle] = [1.5 + uniform(random), 2 * Math.PI * uniform(random)];
      return [radius * Math.sin(angle), radius * Math.cos(angle)];
    }).flat(),
  );
  const rays = traceRaysInKernel(model, 1).from(positions);

  test("meet the plane where the reference's do", () => {
    const expected = referenceRays(model, 1).from(positions)(vector);
    rays(vector).forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-13);
    });
  });

  test("have the derivatives by all parameters that differences show", () => {
    const byTraced = draws(random, positions.length, normal);
    for (const at of [vector, vector.map((value, p) => value + 0.02 * Math.sin(p))]) {
      const expected = differences((moved) => dot(rays(moved), byTraced), at, 1e-3);
      // Differences of order four are off by some (1e-3 / 0.4)^4.
      expect(expectSlopes(slopesOf(rays, at, byTraced), expected, 1e-9)).toBe(model.parameters.length);
    }
  });

  test("have derivatives of which each call is by itself", () => {
    const [a, b] = [draws(random, positions.length, normal), draws(random, positions.length, normal)];
    const first = slopesOf(rays, vector, a);
    slopesOf(rays, vector, b);
    expect(slopesOf(rays, vector, a)).toEqual(first);
    const few = traceRaysInKernel(model, 1).from(positions.subarray(0, 6));
    const sum = [0, 2, 4].map((n) => {
      const one = traceRaysInKernel(model, 1).from(positions.subarray(n, n + 2));
      return slopesOf(one, vector, a.subarray(n, n + 2));
    });
    slopesOf(few, vector, a.subarray(0, 6)).forEach((slope, p) => {
      expect(slope).toBeCloseTo(sum[0][p] + sum[1][p] + sum[2][p], 12);
    });
  });
});

test("the reference says why it has no slopes", () => {
  const rays = referenceRays(freedModel(spec(ONE_PLANE)).model, 1);
  expect(rays.noGradient).toMatch(/no derivatives/);
  expect(rays.from(Float64Array.of(0, 1)).slopes).toBeNull();
});

test("a model without free parameters, or with none of the lens, has no slopes but zero", () => {
  const one = Float64Array.of(0, 1);
  const fixed = traceRaysInKernel(buildModel(spec(ONE_PLANE)), 1).from(one);
  expect(slopesOf(fixed, new Float64Array(0), one)).toEqual(new Float64Array(0));
  const coefficient = "galaxies.source.pixelization.regularization.coefficient={ prior: uniform, lower: 1, upper: 2 }";
  const model = buildModel(parseSpec(ONE_PLANE, "lens.yaml", [coefficient]));
  expect(slopesOf(traceRaysInKernel(model, 1).from(one), Float64Array.of(1), one)).toEqual(Float64Array.of(0));
  // In front of all masses.
  const freed = freedModel(spec(ONE_PLANE));
  const unlensed = traceRaysInKernel(freed.model, 0.5).from(one);
  expect(slopesOf(unlensed, freed.vector, one)).toEqual(new Float64Array(freed.vector.length));
});

// From derivatives by the entries of T to those by the parameters: what the gradient of an evidence does.
describe.each([
  ["one plane of masses", ONE_PLANE],
  ["two planes", TWO_PLANES],
])("the mapping matrix, over-sampled, relocated onto the border, by the parameters of %s", (_, text) => {
  const shape = [24, 25] as const;
  const grid = pixelGrid(shape, 0.15);
  const masked = maskCircular({ shape, pixelScales: [0.15, 0.15], centre: [0, 0], radius: 1.3 });
  const nativeIndex = nativeIndexForSlimIndex({ shape, masked });
  const pixels = slimPositions(grid, nativeIndex);
  const subSizes = fixedSubSizes(pixels.length / 2, 2);
  const borderOf = [...borderPixels({ shape, masked })].flatMap((m) => [pixels[2 * m], pixels[2 * m + 1]]);

  const { model, vector } = freedModel(spec(text));
  const rays = traceRaysInKernel(model, 1);
  const traceBorder = rays.from(Float64Array.from(borderOf));
  const traceSubPixels = rays.from(subPixelPositions(grid, nativeIndex, subSizes));
  const traceVertices = rays.from(imageMeshOverlay(grid, { shape, masked }, [7, 8]));

  function relocated(at: Float64Array) {
    const [border, subPixels, vertices] = [traceBorder(at), traceSubPixels(at), traceVertices(at)];
    const ellipse = borderEllipse(border);
    const inside = [subPixels, vertices].map((positions) => relocateOntoBorder(ellipse, positions));
    return { border, ellipse, subPixels, vertices, inside };
  }

  /** Sum of slopes_mj T_mj over the mesh laid at these parameters, and by its weights; null in another topology. */
  function sumOver(layMesh: (inside: readonly Float64Array[]) => { readonly mapping: Mapping }) {
    const lay = (at: Float64Array) => {
      const { inside } = relocated(at);
      const { mapping } = layMesh(inside.map(({ positions }) => positions));
      return { mapping: meanOverSubPixels(mapping, subSizes), counts: inside.map((each) => each.relocated).join() };
    };
    const { mapping: here, counts } = lay(vector);
    const { slimIndexForSubSlimIndex, subFraction, sourcePixels, mappingsPerPixel } = here;
    const slopes = draws(randomState(11), here.imagePixels * sourcePixels, normal);
    const byWeights = Float64Array.from(here.indexes, (index, entry) => {
      const pixel = slimIndexForSubSlimIndex![Math.floor(entry / mappingsPerPixel)];
      return index < 0 ? 0 : subFraction![pixel] * slopes[pixel * sourcePixels + index];
    });
    const at = (moved: Float64Array): number | null => {
      const there = lay(moved);
      const same = there.mapping.indexes.every((index, entry) => index === here.indexes[entry]);
      return same && there.counts === counts ? dot(mappingMatrix(there).values, slopes) : null;
    };
    return { at, byWeights };
  }

  /** So small a step leaves hardly any ray another triangle; values are rounded to some 1e-16 of 1e2. */
  const STEP = 1e-7;
  const { border, ellipse, subPixels, vertices, inside } = relocated(vector);

  test("of a Delaunay mesh", () => {
    expect(Math.min(...inside.map((each) => each.relocated))).toBeGreaterThan(3);
    const layMesh = ([positions, vertices]: readonly Float64Array[]) => delaunayMesh({ positions, vertices });
    const { at, byWeights } = sumOver(layMesh);
    const byMesh = delaunaySlopes(layMesh(inside.map(({ positions }) => positions)), byWeights);
    const bySubPixels = borderRelocationSlopes(border, ellipse, subPixels, byMesh.positions);
    const byVertices = borderRelocationSlopes(border, ellipse, vertices, byMesh.vertices);
    const byBorder = bySubPixels.border.map((slope, i) => slope + byVertices.border[i]);
    const parts = [
      slopesOf(traceSubPixels, vector, bySubPixels.positions),
      slopesOf(traceVertices, vector, byVertices.positions),
      slopesOf(traceBorder, vector, byBorder),
    ];
    const found = parts[0].map((slope, p) => slope + parts[1][p] + parts[2][p]);
    expect(expectSlopes(found, differences(at, vector, STEP))).toBe(model.parameters.length);
  });

  test.each(["clamp", "extrapolate"] as const)("of a rectangular mesh, edges: %s", (edges) => {
    const { at, byWeights } = sumOver(([positions]) => rectangularMesh(positions, [6, 5], edges));
    const byMesh = rectangularSlopes(inside[0].positions, [6, 5], edges, byWeights);
    const bySubPixels = borderRelocationSlopes(border, ellipse, subPixels, byMesh);
    const byBorder = slopesOf(traceBorder, vector, bySubPixels.border);
    const found = slopesOf(traceSubPixels, vector, bySubPixels.positions).map((slope, p) => slope + byBorder[p]);
    expect(expectSlopes(found, differences(at, vector, STEP))).toBe(model.parameters.length);
  });
});
