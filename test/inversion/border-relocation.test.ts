import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import { borderEllipse, type Ellipse, relocateOntoBorder } from "../../src/inversion/mesh/border-relocation.ts";
import { between } from "../between.ts";

// Values of PyAutoLens: see test/oracle/README.md.
interface Moved {
  readonly positions: number[][];
  readonly relocated: number[][];
}
interface Golden {
  readonly border: number[][];
  readonly ellipse_y0_x0_a_b_phi: number[];
  readonly pixels_1: Moved;
  readonly sub_pixels_2: Moved;
  readonly mesh_1: Moved;
}
const golden: Golden = JSON.parse(readFileSync(new URL("../oracle/border-relocation.json", import.meta.url), "utf8"));

const flat = (pairs: number[][]) => Float64Array.from(pairs.flat());

describe("PyAutoLens'", () => {
  const ellipse = borderEllipse(flat(golden.border));

  test("ellipse around a border", () => {
    const { centre, majorAxis, minorAxis, angle } = ellipse;
    [...centre, majorAxis, minorAxis, angle].forEach((value, i) => {
      expect(Math.abs(value - golden.ellipse_y0_x0_a_b_phi[i])).toBeLessThan(1e-12);
    });
  });

  test.each(["pixels_1", "sub_pixels_2", "mesh_1"] as const)("relocated positions, %s", (name) => {
    const { positions, relocated } = golden[name];
    const moved = relocateOntoBorder(ellipse, flat(positions));
    // Of positions up to 3 arcsec, and an angle of few roundings.
    for (const [i, value] of relocated.flat().entries()) {
      expect(Math.abs(moved.positions[i] - value)).toBeLessThan(1e-12);
    }
    expect(moved.relocated).toBe(
      positions.filter(([y, x], n) => y !== relocated[n][0] || x !== relocated[n][1]).length,
    );
  });
});

const seed = fc.integer({ min: 0, max: 2 ** 31 });
const scattered = fc
  .tuple(seed, fc.integer({ min: 1, max: 50 }))
  .map(([seed, count]) => draws(randomState(seed), 2 * count, normal));

/** 1 on the ellipse. */
function radiusIn({ centre, angle, majorAxis, minorAxis }: Ellipse, y: number, x: number): number {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const [dy, dx] = [y - centre[0], x - centre[1]];
  return Math.hypot((c * dx + s * dy) / majorAxis, (c * dy - s * dx) / minorAxis);
}

describe("relocation", () => {
  test("leaves positions inside where they are, brings others onto the ellipse, on the line to its centre", () => {
    fc.assert(
      fc.property(scattered, scattered, (border, positions) => {
        fc.pre(border.length > 6);
        const ellipse = borderEllipse(border);
        const moved = relocateOntoBorder(ellipse, positions);
        let outside = 0;
        for (let n = 0; n < positions.length; n += 2) {
          const [y, x] = positions.subarray(n, n + 2);
          const [movedY, movedX] = moved.positions.subarray(n, n + 2);
          if (radiusIn(ellipse, y, x) <= 1) {
            expect([movedY, movedX]).toEqual([y, x]);
            continue;
          }
          outside++;
          expect(radiusIn(ellipse, movedY, movedX)).toBeCloseTo(1, 9);
          const [y0, x0] = ellipse.centre;
          expect((y - y0) * (movedX - x0)).toBeCloseTo((x - x0) * (movedY - y0), 12);
          expect((y - y0) * (movedY - y0) + (x - x0) * (movedX - x0)).toBeGreaterThan(0);
        }
        expect(moved.relocated).toBe(outside);
      }),
    );
  });

  test("turns and shifts with the sky", () => {
    fc.assert(
      fc.property(scattered, between(-3, 3), (all, angle) => {
        fc.pre(all.length > 16);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const turn = (from: Float64Array) => {
          return from.map((v, i) => (i % 2 === 0 ? 0.3 + c * v + s * from[i + 1] : c * v - s * from[i - 1] - 0.2));
        };
        const [border, positions] = [all.subarray(0, 14), all.subarray(14)];
        const there = relocateOntoBorder(borderEllipse(turn(border)), turn(positions)).positions;
        const here = turn(relocateOntoBorder(borderEllipse(border), positions).positions);
        // Nearly round borders have an angle that rounding turns.
        for (const [i, value] of there.entries()) expect(value).toBeCloseTo(here[i], 9);
      }),
    );
  });
});

describe("a border", () => {
  const positions = Float64Array.of(1, 2, 1, 2.5, -3, 40, 1e99, -1e99, 1.2, 2);

  test.each([
    ["of one position", [1, 2], [1, 2]],
    ["of one place", [1, 2, 1, 2, 1, 2], [1, 2]],
  ])("%s draws everything there", (_, border, place) => {
    const moved = relocateOntoBorder(borderEllipse(Float64Array.from(border)), positions);
    moved.positions.forEach((value, i) => {
      expect(Math.abs(value - place[i % 2])).toBeLessThan(3e-12);
    });
    expect(moved.relocated).toBe(4);
  });

  test.each([
    ["along x", [1, 1, 1, 2, 1, 3], 0],
    ["along y", [-1, 2, 3, 2], Math.PI / 2],
    ["aslant", [0, 1, 2, 3, 1, 2], Math.PI / 4],
  ])("on a line %s draws everything onto it", (_, border, angle) => {
    const ellipse = borderEllipse(Float64Array.from(border));
    expect(ellipse.centre).toEqual([1, 2]);
    expect(ellipse.angle).toBeCloseTo(angle, 14);
    expect(ellipse.minorAxis).toBeLessThan(1.1e-12);
    const moved = relocateOntoBorder(ellipse, positions).positions;
    for (let n = 0; n < moved.length; n += 2) {
      const across = Math.cos(angle) * (moved[n] - 1) - Math.sin(angle) * (moved[n + 1] - 2);
      expect(Math.abs(across)).toBeLessThan(2e-12);
      expect(Math.hypot(moved[n] - 1, moved[n + 1] - 2)).toBeLessThan(ellipse.majorAxis + 1e-11);
    }
  });

  test("that varies alike in all directions has no angle of rounding", () => {
    const corners = [0.3, 0.1, -0.3, -0.1].flatMap((u) =>
      [0.3, 0.1, -0.3, -0.1].map((v) => [u / 3 + 0.7, v / 3 + 0.1]),
    );
    const { angle, majorAxis, minorAxis } = borderEllipse(flat(corners));
    expect(angle).toBe(0);
    expect([majorAxis, minorAxis]).toEqual([expect.closeTo(0.1, 11), expect.closeTo(0.1, 11)]);
  });

  test("does not move what is no number", () => {
    const moved = relocateOntoBorder(borderEllipse(Float64Array.of(0, 1, 1, 0)), Float64Array.of(Number.NaN, 0));
    expect(moved).toEqual({ positions: Float64Array.of(Number.NaN, 0), relocated: 0 });
  });
});
