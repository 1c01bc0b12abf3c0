import type { Mask } from "../../dataset/mask.ts";
import { InputError } from "../../errors.ts";
import { columnCentres, type PixelGrid, rowCentres } from "../../grid.ts";
import { unmaskedBox } from "./unmasked-box.ts";

/**
 * Image-plane positions for the vertices of a mesh, which a lens model brings to the source plane: the centres of equal
 * cells over the box of the unmasked pixels, those of them that lie in an unmasked pixel (PyAutoLens' `Overlay`). Vertices
 * then gather where the lens magnifies.
 * @param shape Rows and columns of cells.
 * @returns (S, 2) y and x, arcseconds, by rows from the top.
 * @throws InputError `mesh/overlay` where none lies in an unmasked pixel.
 */
export function imageMeshOverlay(grid: PixelGrid, mask: Mask, shape: readonly [rows: number, columns: number]) {
  const { masked } = mask;
  const columns = mask.shape[1];
  const { top, bottom, left, right } = unmaskedBox(mask);
  const [firstY, firstX] = [rowCentres(grid)[0], columnCentres(grid)[0]];
  const positions: number[] = [];
  for (let k = 0; k < shape[0]; k++) {
    // In pixels from the array's upper and left edges.
    const down = top + ((k + 0.5) * (bottom - top + 1)) / shape[0];
    for (let l = 0; l < shape[1]; l++) {
      const across = left + ((l + 0.5) * (right - left + 1)) / shape[1];
      if (masked[Math.floor(down) * columns + Math.floor(across)] !== 0) continue;
      positions.push(firstY - (down - 0.5) * grid.pixelScale, firstX + (across - 0.5) * grid.pixelScale);
    }
  }
  if (positions.length === 0) {
    const what = `no cell of an overlay of ${shape.join(" x ")} has its centre in an unmasked pixel`;
    throw new InputError("mesh/overlay", what, "give an overlay of more rows and columns");
  }
  return Float64Array.from(positions);
}
