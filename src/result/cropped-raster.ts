import type { PixelGrid } from "../grid.ts";
import type { Extent, SourceRaster } from "./source-raster.ts";

/** From the first to before the last. */
type Range = readonly [from: number, to: number];

/** The part of a map that has values, with a pixel around it. A map without any value is shown whole. */
export function cutToMask(values: Float64Array, { shape, pixelScale, origin }: PixelGrid): SourceRaster {
  const [rows, columns] = shape;
  const [halfHeight, halfWidth] = [(rows * pixelScale) / 2, (columns * pixelScale) / 2];
  const extent: Extent = {
    top: origin[0] + halfHeight,
    bottom: origin[0] - halfHeight,
    left: origin[1] - halfWidth,
    right: origin[1] + halfWidth,
  };
  let [top, bottom, left, right] = [rows, 0, columns, 0];
  for (let pixel = 0; pixel < values.length; pixel++) {
    if (Number.isNaN(values[pixel])) continue;
    const [row, column] = [Math.floor(pixel / columns), pixel % columns];
    [top, bottom] = [Math.min(top, row - 1), Math.max(bottom, row + 2)];
    [left, right] = [Math.min(left, column - 1), Math.max(right, column + 2)];
  }
  const whole = { shape, values, extent };
  return top >= bottom ? whole : cropped(whole, [top, bottom], [left, right]);
}

/** The pixels of a raster that reach into a part of its plane. */
export function croppedTo(raster: SourceRaster, to: Extent): SourceRaster {
  const { shape, extent } = raster;
  const [height, width] = [(extent.top - extent.bottom) / shape[0], (extent.right - extent.left) / shape[1]];
  return cropped(
    raster,
    [Math.floor((extent.top - to.top) / height), Math.ceil((extent.top - to.bottom) / height)],
    [Math.floor((to.left - extent.left) / width), Math.ceil((to.right - extent.left) / width)],
  );
}

/** Rows and columns of a raster, as many of them as there are, and at least one. */
function cropped({ shape, values, extent }: SourceRaster, rows: Range, columns: Range): SourceRaster {
  const [[top, bottom], [left, right]] = [rows, columns].map(([from, to], axis): Range => {
    const first = Math.min(shape[axis] - 1, Math.max(0, from));
    return [first, Math.min(shape[axis], Math.max(first + 1, to))];
  });
  const [height, width] = [(extent.top - extent.bottom) / shape[0], (extent.right - extent.left) / shape[1]];
  const size = [bottom - top, right - left] as const;
  return {
    shape: size,
    values: Float64Array.from({ length: size[0] * size[1] }, (_, at) => {
      return values[(top + Math.floor(at / size[1])) * shape[1] + left + (at % size[1])];
    }),
    extent: {
      top: extent.top - top * height,
      bottom: extent.top - bottom * height,
      left: extent.left + left * width,
      right: extent.left + right * width,
    },
  };
}
