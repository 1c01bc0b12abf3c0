// Everything that the WebAssembly module exports. Pointers are byte offsets into the imported memory; arrays are f64 or
// i32 as named, packed, row-major. Scratch comes from the bump heap, which the caller resets before every kernel.
export * from "../dataset/mask.as";
export { groupsOfBlurring, prepareBlurring } from "../inversion/blurred-groups.as";
export * from "../inversion/blurred-mapping.as";
export * from "../inversion/blurred-slopes.as";
export { compactTimesSparse } from "../inversion/compact-times-sparse.as";
export * from "../inversion/curvature.as";
export { curvatureViaCompactFft } from "../inversion/curvature-fft.as";
export { addTransposed, prepareSymmetric, symmetricRows, symmetricScratch } from "../inversion/curvature-symmetric.as";
export * from "../inversion/inverse.as";
export { allocateImageWeights, prepareImageWeights, rowsOfImageWeights, tilesOfImageWeights, weighTile } from "../inversion/image-weights.as";
export * from "../inversion/image-weights-curvature.as";
export { listEntries, partsOfLists, prepareWeightedMapping } from "../inversion/image-weights-panels.as";
export * from "../inversion/image-weights-slopes.as";
export * from "../inversion/inverse-columns.as";
export * from "../inversion/mapping.as";
export * from "../inversion/mesh/interpolation.as";
export { mappingSlopesRows, mappingSlopesScratch, prepareMappingSlopes } from "../inversion/mapping-slopes.as";
export * from "../inversion/positive-only.as";
export * from "../inversion/regularization/constant.as";
export * from "../inversion/solve.as";
export { binPoints, binRows, paddedSize, placeBins, placePoints } from "../operators/bins.as";
export { convolve, convolveFft } from "../operators/convolve.as";
export {
  copyCorner, multiplyPart, packPart, panelBytes, partsOfPacking, partsOfProduct, transposeUpper, zeroTiles,
} from "../operators/dense.as";
export { fft2d, fftPlan } from "../operators/fft.as";
export { gatherBins, gatherScratch } from "../operators/gather.as";
export { differenceLattice, imageVisibilities, latticeSum } from "../operators/lattice.as";
export { clear, columnModes, gridOfLattice, latticeOfModes, lineModes } from "../operators/nufft.as";
export { packUpper, partsOfRows, productsPart, sumRows } from "../operators/row-parts.as";
export { spreadBins, spreadScratch } from "../operators/spread.as";
export { weigh, weighVisibilities } from "../operators/strengths.as";
export { pointSum, preloadFromMinus, wTilde, wTildeFromCompact, wTildeFromPreload } from "../operators/w-tilde.as";
export { allocate, keep, mark, release, reset, setApart, useArena } from "../operators/arena.as";
