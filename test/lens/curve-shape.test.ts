import { expect, test } from "vitest";
import { curveShape } from "../../src/lens/curve-shape.ts";

// Any affine image of a regular polygon has the moments of that of a circle: only rounding is left.
test.each([
  [0.6, 0.6],
  [0.3, -1.2],
  [0.9, 2.5],
])("an ellipse of axis ratio %f at %f, off the origin, either way round", (q, phi) => {
  const at = (turn: number) => {
    const [along, across] = [Math.cos(turn), q * Math.sin(turn)];
    return [along * Math.sin(phi) + across * Math.cos(phi) + 0.3, along * Math.cos(phi) - across * Math.sin(phi) - 0.2];
  };
  for (const sense of [1, -1]) {
    const points = Float64Array.from(Array.from({ length: 400 }, (_, i) => at((sense * 2 * Math.PI * i) / 400)).flat());
    const { axisRatio, angle } = curveShape(points);
    expect(axisRatio).toBeCloseTo(q, 12);
    expect(Math.sin(angle - phi)).toBeCloseTo(0, 12);
  }
});
