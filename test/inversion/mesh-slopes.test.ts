import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { borderEllipse, relocateOntoBorder } from "../../src/inversion/mesh/border-relocation.ts";
import { borderRelocationSlopes } from "../../src/inversion/mesh/border-relocation-slopes.ts";
import { delaunayMesh } from "../../src/inversion/mesh/delaunay.ts";
import { delaunaySlopes } from "../../src/inversion/mesh/delaunay-slopes.ts";
import { pixelCentres, rectangularMesh } from "../../src/inversion/mesh/rectangular.ts";
import { pixelCentreSlopes, rectangularSlopes } from "../../src/inversion/mesh/rectangular-slopes.ts";
import { dot } from "../../src/operators/matrix.ts";
import { differences, expectSlopes } from "./differences.ts";

// Derivatives of what meshes do with positions, against differences inside one topology.

const seed = fc.integer({ min: 0, max: 2 ** 31 });

const sameIndexes = (a: Int32Array, b: Int32Array): boolean => a.every((index, entry) => index === b[entry]);

describe("a rectangular mesh", () => {
  const shapes = fc.constantFrom([5, 4] as const, [3, 7] as const, [1, 4] as const, [3, 1] as const, [2, 2] as const);
  const edges = fc.constantFrom("clamp" as const, "extrapolate" as const);

  test("by the positions, the box moving with the outermost", () => {
    fc.assert(
      fc.property(seed, shapes, edges, (seed, shape, edges) => {
        const random = randomState(seed);
        const positions = draws(random, 40, normal);
        const byWeights = draws(random, 80, normal);
        const at = rectangularMesh(positions, shape, edges).mapping;
        // Where a weight begins to be clamped, slopes have a step.
        const isClamped = ({ weights }: typeof at) => weights.map((weight) => (weight === 0 ? 1 : 0)).join();
        const f = (moved: Float64Array): number | null => {
          const { mapping } = rectangularMesh(moved, shape, edges);
          if (!sameIndexes(mapping.indexes, at.indexes) || isClamped(mapping) !== isClamped(at)) return null;
          return dot(mapping.weights, byWeights);
        };
        const found = rectangularSlopes(positions, shape, edges, byWeights);
        expect(expectSlopes(found, differences(f, positions, 1e-5))).toBeGreaterThan(30);
      }),
    );
  });

  test("of its pixel centres, by the positions", () => {
    fc.assert(
      fc.property(seed, shapes, (seed, shape) => {
        const random = randomState(seed);
        const positions = draws(random, 20, normal);
        const centresOf = (moved: Float64Array) => pixelCentres(rectangularMesh(moved, shape, "clamp"));
        const byCentres = draws(random, 2 * shape[0] * shape[1], normal);
        const found = pixelCentreSlopes(positions, centresOf(positions), byCentres);
        expectSlopes(
          found,
          differences((moved) => dot(centresOf(moved), byCentres), positions, 1e-5),
        );
      }),
    );
  });
});

/** A lattice, its places moved by up to 0.3 of their distance: few slivers. */
function jittered(side: number, random: ReturnType<typeof randomState>): Float64Array {
  const places = Array.from({ length: side * side }, (_, i) => [Math.floor(i / side), i % side]);
  return Float64Array.from(places.flat(), (place) => (place + 0.6 * (uniform(random) - 0.5)) / side);
}

test("a Delaunay mesh, by the positions and by the vertices", () => {
  let [outside, all] = [0, 0];
  fc.assert(
    fc.property(seed, (seed) => {
      const random = randomState(seed);
      const vertices = jittered(5, random);
      const positions = draws(random, 60, uniform);
      const byWeights = draws(random, 90, normal);
      const mesh = delaunayMesh({ positions, vertices });
      const f = (positions: Float64Array, vertices: Float64Array): number | null => {
        const { mapping } = delaunayMesh({ positions, vertices });
        return sameIndexes(mapping.indexes, mesh.mapping.indexes) ? dot(mapping.weights, byWeights) : null;
      };
      const found = delaunaySlopes(mesh, byWeights);
      const compared = [
        expectSlopes(
          found.positions,
          differences((moved) => f(moved, vertices), positions, 1e-5),
        ),
        expectSlopes(
          found.vertices,
          differences((moved) => f(positions, moved), vertices, 1e-5),
        ),
      ];
      expect(compared[0]).toBeGreaterThan(50);
      expect(compared[1]).toBeGreaterThan(40);
      for (let n = 0; n < 30; n++, all++) {
        if (mesh.mapping.indexes[3 * n + 1] >= 0) continue;
        expect([...found.positions.subarray(2 * n, 2 * n + 2)]).toEqual([0, 0]);
        outside++;
      }
    }),
    { numRuns: 40 },
  );
  expect(outside / all).toBeGreaterThan(0.05);
});

test("a Delaunay mesh of vertices on a line has no slopes", () => {
  const mesh = delaunayMesh({
    positions: Float64Array.of(0, 1, 0.5, 0.4),
    vertices: Float64Array.of(0, 0, 1, 1, 2, 2),
  });
  const { positions, vertices } = delaunaySlopes(mesh, Float64Array.of(1, 2, 3, 4, 5, 6));
  expect([...positions, ...vertices]).toEqual(new Array(10).fill(0));
});

describe("border relocation", () => {
  /** Around an ellipse, not so round that the axis swings. */
  function borderOf(random: ReturnType<typeof randomState>): Float64Array {
    const [ratio, turn] = [0.4 + 0.4 * uniform(random), 6 * uniform(random)];
    const points = Array.from({ length: 24 }, (_, i) => {
      const [u, v] = [Math.cos(i / 3.82), ratio * Math.sin(i / 3.82)].map((w) => w * (1 + 0.2 * uniform(random)));
      return [0.1 + Math.cos(turn) * v + Math.sin(turn) * u, Math.cos(turn) * u - Math.sin(turn) * v - 0.2];
    });
    return Float64Array.from(points.flat());
  }

  test("by the positions and by the border", () => {
    let [compared, all] = [0, 0];
    fc.assert(
      fc.property(seed, (seed) => {
        const random = randomState(seed);
        const border = borderOf(random);
        const positions = draws(random, 40, normal);
        const byRelocated = draws(random, 40, normal);
        const farthest = (border: Float64Array) => farthestOf(border).join();
        const stays = (relocated: Float64Array, moved: Float64Array) => relocated.map((v, i) => Number(v === moved[i]));
        const branch = stays(relocateOntoBorder(borderEllipse(border), positions).positions, positions).join();
        const f = (border_: Float64Array, moved: Float64Array): number | null => {
          const relocated = relocateOntoBorder(borderEllipse(border_), moved).positions;
          if (farthest(border_) !== farthest(border) || stays(relocated, moved).join() !== branch) return null;
          return dot(relocated, byRelocated);
        };
        const found = borderRelocationSlopes(border, borderEllipse(border), positions, byRelocated);
        compared += expectSlopes(
          found.positions,
          differences((moved) => f(border, moved), positions, 1e-4),
        );
        compared += expectSlopes(
          found.border,
          differences((moved) => f(moved, positions), border, 1e-4),
        );
        all += positions.length + border.length;
      }),
    );
    expect(compared / all).toBeGreaterThan(0.9);
  });

  /** Which positions of a border are the farthest from its centre along either axis. */
  function farthestOf(border: Float64Array): number[] {
    const { centre, angle } = borderEllipse(border);
    return [0, Math.PI / 2].map((turn) => {
      const along = Array.from({ length: border.length / 2 }, (_, i) =>
        Math.abs(
          Math.cos(angle + turn) * (border[2 * i + 1] - centre[1]) +
            Math.sin(angle + turn) * (border[2 * i] - centre[0]),
        ),
      );
      return along.indexOf(Math.max(...along));
    });
  }

  test("of degenerate borders has finite slopes", () => {
    const positions = Float64Array.of(1, 2, 1, 2.5, -3, 40);
    const byRelocated = Float64Array.of(1, 2, 3, 4, 5, 6);
    for (const at of [
      [1, 2],
      [1, 2, 1, 2],
      [1, 1, 1, 2, 1, 3],
      [0, 0, 0, 1, 1, 0, 1, 1],
      [0, 1, 2, 3, 1, 2],
    ]) {
      const border = Float64Array.from(at);
      const { positions: by, border: byBorder } = borderRelocationSlopes(
        border,
        borderEllipse(border),
        positions,
        byRelocated,
      );
      expect([...by, ...byBorder].every(Number.isFinite)).toBe(true);
    }
  });

  test("of a round border has slopes without a turn", () => {
    const round = [0.3, 0.1, -0.3, -0.1].flatMap((u) =>
      [0.3, 0.1, -0.3, -0.1].flatMap((v) => [u / 3 + 0.7, v / 3 + 0.1]),
    );
    const border = Float64Array.from(round);
    // An axis that rounding turns would have slopes of 1e15.
    const ellipse = { ...borderEllipse(border), minorAxis: 0.05 };
    const by = borderRelocationSlopes(border, ellipse, Float64Array.of(1, 2), Float64Array.of(1, 2));
    for (const slope of by.border) expect(Math.abs(slope)).toBeLessThan(10);
  });
});
