import { type Mask, nativeIndexForSlimIndex } from "../../dataset/mask.ts";
import { InputError } from "../../errors.ts";
import { columnCentres, type PixelGrid, rowCentres, slimPositions } from "../../grid.ts";
import { unmaskedBox } from "./unmasked-box.ts";

/**
 * Seeds evenly on a circle just around the mask, to append to others and be zeroed, so that a source ends within its mesh
 * (PyAutoLens' `append_with_circle_edge_points`). The circle is about the middle of the unmasked pixels' box, half a pixel
 * beyond the centre of the farthest.
 * @returns (count, 2) y and x, arcseconds, counter-clockwise from +x.
 * @throws InputError `mesh/circle-edge-seeds` for a count that is not whole and positive.
 */
export function circleEdgeSeeds(grid: PixelGrid, mask: Mask, count: number): Float64Array {
  if (!(Number.isInteger(count) && count > 0 && count <= mask.masked.length)) {
    const remedy = "give a whole number from 1, and no more than the image has pixels";
    throw new InputError("mesh/circle-edge-seeds", `${count} seeds on a circle`, remedy);
  }
  const positions = slimPositions(grid, nativeIndexForSlimIndex(mask));
  const { top, bottom, left, right } = unmaskedBox(mask);
  const [rows, columns] = [rowCentres(grid), columnCentres(grid)];
  const [y, x] = [(rows[top] + rows[bottom]) / 2, (columns[left] + columns[right]) / 2];
  let radius = 0;
  for (let m = 0; m < positions.length; m += 2) {
    radius = Math.max(radius, Math.hypot(positions[m] - y, positions[m + 1] - x));
  }
  radius += grid.pixelScale / 2;
  return Float64Array.from({ length: 2 * count }, (_, at) => {
    const angle = (2 * Math.PI * (at >> 1)) / count;
    return at % 2 === 0 ? y + radius * Math.sin(angle) : x + radius * Math.cos(angle);
  });
}
