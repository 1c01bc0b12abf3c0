import type { Pair } from "../profiles/parameter.ts";

/** A line along which a field is zero: corners in order, the first not repeated at the end of a closed one. */
export interface ContourLine {
  readonly points: readonly Pair<number>[];
  readonly closed: boolean;
}

/**
 * The lines on which a field on a lattice of lines of y and lines of x changes its sign, by marching squares (Lorensen &
 * Cline 1987 in two dimensions). Where four sides of a cell are crossed, the mean of its corners decides.
 * @param field (lines of y, lines of x), row-major.
 * @param crossing Where the field is zero between two neighbouring vertices, given as indices into `field`; undefined
 * where it is nowhere zero but jumps, so that no line goes there.
 */
export function contourLines(
  shape: readonly [rows: number, columns: number],
  field: Float64Array,
  crossing: (from: number, to: number) => Pair<number> | undefined,
): readonly ContourLine[] {
  const [rows, columns] = shape;
  const points = new Map<number, Pair<number>>();
  const neighbors = new Map<number, number[]>();
  // A side is named after its first vertex: twice that for one along a row, and one more for one along a column.
  const crossed = (side: number): boolean => {
    const [from, to] = [side >> 1, (side >> 1) + (side % 2 === 0 ? 1 : columns)];
    if (field[from] < 0 === field[to] < 0) return false;
    if (!neighbors.has(side)) {
      neighbors.set(side, []);
      const point = crossing(from, to);
      if (point !== undefined) points.set(side, point);
    }
    return points.has(side);
  };
  const join = (a: number, b: number) => {
    neighbors.get(a)!.push(b);
    neighbors.get(b)!.push(a);
  };
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const corner = row * columns + column;
      const [top, right, bottom, left] = [2 * corner, 2 * corner + 3, 2 * (corner + columns), 2 * corner + 1];
      const sides = [top, right, bottom, left].filter(crossed);
      if (sides.length === 2) join(sides[0], sides[1]);
      else if (sides.length === 4) {
        const corners = field[corner] + field[corner + 1] + field[corner + columns] + field[corner + columns + 1];
        const alike = corners < 0 === field[corner] < 0;
        join(top, alike ? right : left);
        join(bottom, alike ? left : right);
      }
    }
  }
  return chains(neighbors).map(({ sides, closed }) => ({ points: sides.map((side) => points.get(side)!), closed }));
}

/** The sides of each line in order, those that run off the lattice first. */
function chains(neighbors: ReadonlyMap<number, readonly number[]>) {
  const left = new Set([...neighbors].filter(([, joined]) => joined.length > 0).map(([side]) => side));
  const walk = (start: number): number[] => {
    const sides: number[] = [];
    for (let side: number | undefined = start; side !== undefined; ) {
      sides.push(side);
      left.delete(side);
      side = neighbors.get(side)!.find((next) => left.has(next));
    }
    return sides;
  };
  const lines: { readonly sides: readonly number[]; readonly closed: boolean }[] = [];
  const ends = [...left].filter((side) => neighbors.get(side)!.length === 1);
  for (const side of ends) if (left.has(side)) lines.push({ sides: walk(side), closed: false });
  // What is walked leaves the set, and is not met again.
  for (const side of left) lines.push({ sides: walk(side), closed: true });
  return lines;
}
