/**
 * Arclet's public names, in the order in which data walk through the house: files, dataset, model, likelihood, result.
 */

// Kernels: every function in its voices.
export { type Absent, isAbsent, type Kernel, VOICE_NAMES, type Voice, type VoiceName } from "./backend/contract.ts";
export { compileForGpu, compileGradientForGpu, type GpuGradient, type GpuKernel } from "./backend/gpu-kernel.ts";
export {
  type ArgsOf,
  type KernelName,
  kernels,
  kernelsOf,
  type ResultOf,
  type VoiceKernels,
} from "./backend/kernels.ts";
export { bestWasmBuild, chooseWasmBuild, type WasmBuild } from "./backend/wasm.ts";
export { type GpuPoints, WebGpu } from "./backend/webgpu.ts";
export { type Algebra, numbers } from "./compiler/algebra.ts";
export type { PointFunction } from "./compiler/compile.ts";
export { type Formula, formula } from "./compiler/formula.ts";
// Dataset: what was observed, and its compaction.
export { type ArrayFile, type OpenFile, openArray } from "./dataset/array-file.ts";
export { blurringRegion } from "./dataset/blurring-region.ts";
export { borderPixels } from "./dataset/border.ts";
export { type Compaction, compactVisibilities, logLikelihoodErrorBound } from "./dataset/compaction.ts";
export { readCompaction, writeCompaction } from "./dataset/compaction-file.ts";
export { type Imaging, imaging } from "./dataset/imaging.ts";
export { orient, type SkyConvention, type VisibilityFiles, visibilityFiles } from "./dataset/interferometer.ts";
export { type MapFrame, mapFrame } from "./dataset/map-frame.ts";
export { type Mask, nativeFromSlim, nativeIndexForSlimIndex, slimFromNative } from "./dataset/mask.ts";
export { pixelMeans, steppedSubSizes, subPixelPositions } from "./dataset/oversampling.ts";
export { type SkyOrientation, skyOrientation } from "./dataset/sky-orientation.ts";
export { InputError } from "./errors.ts";
export { ARCSECOND, columnCentres, type PixelGrid, pixelGrid, rowCentres, sameGrid, slimPositions } from "./grid.ts";
export { type EnsembleOptions, type EnsembleState, ensembleSampler } from "./inference/ensemble/ensemble.ts";
export { type GigaLensOptions, type GigaLensState, gigaLens } from "./inference/giga-lens/giga-lens.ts";
export { type NutsOptions, type NutsState, nuts } from "./inference/hamiltonian/nuts.ts";
export { type ImportanceOptions, type ImportanceState, importanceSampler } from "./inference/importance/importance.ts";
export {
  type DynamicNestedOptions,
  type DynamicNestedState,
  dynamicNestedSampler,
} from "./inference/nested/dynamic.ts";
export type { NestedOptions, Proposal } from "./inference/nested/settings.ts";
export { type NestedState, nestedSampler } from "./inference/nested/static.ts";
export { type AdamOptions, type AdamState, adam } from "./inference/optimize/adam.ts";
export type { Basin, Basins } from "./inference/optimize/basins.ts";
export { type LbfgsOptions, type LbfgsState, lbfgs } from "./inference/optimize/l-bfgs.ts";
export type { MultiStartOptimizer, MultiStartOptions } from "./inference/optimize/multi-start.ts";
export type { TemperedClimbOptions, TemperedClimbState } from "./inference/optimize/tempered-climb.ts";
export { temperedLbfgs } from "./inference/optimize/tempered-l-bfgs.ts";
export { type RandomState, randomState } from "./inference/rng.ts";
export { type RunEnd, type RunOptions, runSampler } from "./inference/run.ts";
export type { Sampler, SamplerState, SampleSet, SmoothTarget, StepInfo, Target } from "./inference/sampler.ts";
export { type ParticleSwarmOptions, type ParticleSwarmState, particleSwarm } from "./inference/swarm/particle-swarm.ts";
// Likelihood: dataset and model to evidence.
export { type EvidenceTerms, logEvidence, logLikelihood } from "./inversion/evidence.ts";
export { linearProblemFromVisibilities } from "./inversion/from-visibilities.ts";
export { borderEllipse, type Ellipse, relocateOntoBorder } from "./inversion/mesh/border-relocation.ts";
export { circleEdgeSeeds } from "./inversion/mesh/circle-edge-seeds.ts";
export { type DelaunayMesh, delaunayMesh } from "./inversion/mesh/delaunay.ts";
export { rectangularEdgePixels, triangulationEdgePixels } from "./inversion/mesh/edge-pixels.ts";
export { hilbertSeeds } from "./inversion/mesh/hilbert-seeds.ts";
export { imageMeshOverlay } from "./inversion/mesh/image-mesh-overlay.ts";
export { type KMeansSeedsOptions, kMeansSeeds } from "./inversion/mesh/k-means-seeds.ts";
export { naturalNeighborMesh } from "./inversion/mesh/natural-neighbor.ts";
export { type NaturalNeighborSlopes, naturalNeighborSlopes } from "./inversion/mesh/natural-neighbor-slopes.ts";
export { pixelCentres, type RectangularMesh, rectangularMesh } from "./inversion/mesh/rectangular.ts";
export { type RectangularAdaptiveMesh, rectangularAdaptiveMesh } from "./inversion/mesh/rectangular-adaptive.ts";
export { type BrightnessSeedsOptions, seedsFromArray } from "./inversion/mesh/seeds.ts";
export { type TopologyFlips, topologyFlips } from "./inversion/mesh/topology-flips.ts";
export { nearestCellMesh, type VoronoiMesh } from "./inversion/mesh/voronoi.ts";
export { type VoronoiCells, voronoiCells } from "./inversion/mesh/voronoi-cells.ts";
export { subPixelWeights, type WeightMapOptions, weightMap } from "./inversion/mesh/weight-map.ts";
export { adaptiveBrightnessRegularization } from "./inversion/regularization/adaptive-brightness.ts";
export { brightnessWeights, pixelSignals } from "./inversion/regularization/brightness-weights.ts";
export { planConstantRegularization } from "./inversion/regularization/constant.ts";
export type {
  AdaptView,
  DifferentiableRegularization,
  Regularization,
  RegularizationAdjoint,
  RegularizationScheme,
  RegularizationSlopes,
  RegularizedSource,
} from "./inversion/regularization/regularization.ts";
export { regularizationSchemes } from "./inversion/regularization/schemes.ts";
export { constantSplitRegularization, splitRegularization } from "./inversion/regularization/split.ts";
export { splitCrosses } from "./inversion/regularization/split-crosses.ts";
// Files: bytes in, arrays out, and back.
export { type ByteSource, blobSource, bytesSource } from "./io/byte-source.ts";
export { type FitsCard, type FitsFile, type FitsHdu, type FitsOutput, openFits, writeFits } from "./io/fits.ts";
export { type Dtype, type NdArray, toFloat64 } from "./io/ndarray.ts";
export { type NetcdfAttributes, type NetcdfGroup, type NetcdfVariable, writeNetcdf } from "./io/netcdf.ts";
export { readNpy, writeNpy } from "./io/npy.ts";
export { openNpy } from "./io/npy-stream.ts";
export { openNpz, readNpz, writeNpz } from "./io/npz.ts";
export { encodePng } from "./io/png.ts";
// Model: profiles, galaxies, priors, the spec.
export {
  angularDiameterDistance,
  type Cosmology,
  comovingDistance,
  criticalSurfaceDensity,
  flatLambdaCdm,
  kiloparsecsPerArcsecond,
  PLANCK_2015,
  timeDelayDistance,
} from "./lens/cosmology.ts";
export { type CriticalCurve, criticalCurves } from "./lens/critical-curves.ts";
export { type EinsteinRadii, einsteinMass, einsteinRadii } from "./lens/einstein-radii.ts";
export type { Galaxy, LightComponent, MassComponent } from "./lens/galaxy.ts";
export { imagePositions, type PointImage } from "./lens/image-positions.ts";
export { type LensMapping, lensMapping, localMapping, magnification } from "./lens/lens-mapping.ts";
export { constantValues, type LensPlane, lensPlanes } from "./lens/lens-planes.ts";
export { type ModelImage, modelImage } from "./lens/model-image.ts";
export { timeDelays } from "./lens/time-delays.ts";
export { imageOf, lensedImage, tracePosition, traceRays, traceRaysTo } from "./lens/trace-rays.ts";
export { type ImageChiSquared, imageChiSquared, planImageChiSquared } from "./likelihood/chi-squared.ts";
export { CURVATURE_FORMS, type CurvatureForm } from "./likelihood/curvature-form.ts";
export { type Dataset, readDataset } from "./likelihood/dataset.ts";
export { type DirtyMaps, dirtyMaps } from "./likelihood/dirty-maps.ts";
export type {
  DatasetEvaluation,
  EvaluateOptions,
  Evaluation,
  Likelihood,
  SourceReconstruction,
} from "./likelihood/evaluation.ts";
export { planSpec } from "./likelihood/from-spec.ts";
export { type ImagingDataset, readImaging } from "./likelihood/imaging-dataset.ts";
export { type InterferometerDataset, readInterferometer } from "./likelihood/interferometer-dataset.ts";
export { type LightImages, lightImages } from "./likelihood/light-images.ts";
export {
  type EvaluationReply,
  type EvaluationRequest,
  type EvaluationThread,
  evaluationServer,
  type LikelihoodStart,
  overThreads,
} from "./likelihood/over-threads.ts";
export { type Explained, pick } from "./likelihood/picks.ts";
export { type PlanOptions, plan } from "./likelihood/plan.ts";
export { type SimulatedDataset, type SimulateOptions, simulateSpec } from "./likelihood/simulate.ts";
export { sourceErrors } from "./likelihood/source-errors.ts";
export { type ModelTarget, targetOf, vectorsFromUnit } from "./likelihood/target.ts";
export { parseTuning, type Tuning } from "./likelihood/tuning.ts";
export { type Assertion, failedAssertion } from "./model/assertion.ts";
export { specFromCoolest } from "./model/coolest-spec.ts";
export { buildModel, freedModel, instantiate, type Model, type ModelInstance, type ModelSpec } from "./model/model.ts";
export { parseSpec } from "./model/parse-spec.ts";
export type { PhaseResults, Posterior } from "./model/passed-on.ts";
export {
  type AdaptImageSource,
  adaptImageName,
  type PhaseOptions,
  type Phases,
  parsePhases,
  phaseSpec,
} from "./model/phases.ts";
export { logDensity, type Prior, slopeFromUnit, unitFromValue, valueFromUnit } from "./model/prior.ts";
export { seenGalaxies } from "./model/seen-galaxies.ts";
export type { Spec } from "./model/spec.ts";
export {
  adjointConvolution,
  type Convolution,
  type ConvolutionKernel,
  planConvolution,
  planConvolutionViaFft,
} from "./operators/convolve.ts";
export type { Matrix, SparseMatrix } from "./operators/matrix.ts";
export type { WCompact } from "./operators/w-compact.ts";
export { adaptImageFile, type BestFit, openingAlso } from "./pipeline/adapt-image.ts";
export { automaticSpec } from "./pipeline/automatic-spec.ts";
export { implausible, type PlausibilityChecks, plausibilityOf } from "./pipeline/fit-on-sight.ts";
export type { FitOptions, FitStep } from "./pipeline/fit-options.ts";
export type { FittedPhase } from "./pipeline/fit-phase.ts";
export { fitSpec } from "./pipeline/fit-spec.ts";
export { type Journal, journalInMemory } from "./pipeline/journal.ts";
export { evidencesOnMeshes } from "./pipeline/other-meshes.ts";
export { phaseResults } from "./pipeline/phase-results.ts";
export type { SearchOutcome } from "./pipeline/search-outcome.ts";
export { lightProfiles, massProfiles } from "./profiles/index.ts";
export { type LightAndMass, lightAndMassProfiles } from "./profiles/light-and-mass.ts";
export type { LightProfile, MassProfile } from "./profiles/profile.ts";

// Result: summaries, derived quantities, pictures and maps.
export { bitmapPng } from "./result/bitmap.ts";
export { type CoolestSource, coolestOf } from "./result/coolest.ts";
export { datasetFigurePng } from "./result/dataset-figure.ts";
export { type DatasetMaps, datasetMaps, type MapName, mapHdus } from "./result/dataset-maps.ts";
export { type Derive, type DeriveOptions, planDerivedQuantities } from "./result/derived-quantities.ts";
export type { DerivedQuantity } from "./result/derived-quantity.ts";
export { type DerivedSummary, derivedSummaries } from "./result/derived-summary.ts";
export { type Picture, panelsPng, picturePng } from "./result/figures.ts";
export { type LensMapName, type LensMaps, lensMapHdus, lensMaps } from "./result/lens-maps.ts";
export { type PhaseResult, phaseResult } from "./result/phase-result.ts";
export { posteriorDraws } from "./result/posterior-draws.ts";
export { type ParameterSummary, type PosteriorSummary, posteriorSummary } from "./result/posterior-summary.ts";
export type { ReportContent } from "./result/report/content.ts";
export { reportHtml } from "./result/report.ts";
export { type ReportFacts, reportContent } from "./result/report-content.ts";
export { type Provenance, type Result, resultJson } from "./result/result-json.ts";
export { samplesNetcdf } from "./result/samples-netcdf.ts";
export { samplesNpz } from "./result/samples-npz.ts";
export { simulatedFiles } from "./result/simulated-files.ts";
export { type SkyPanel, skyFigure } from "./result/sky-panel.ts";
export { sourceHdus } from "./result/source-hdus.ts";
export { type Extent, type SourceRaster, sourceRaster } from "./result/source-raster.ts";
export { terminalImage } from "./result/terminal-image.ts";
export { axisSummaryOf, summaryOf, type ValueSummary, weightedQuantiles } from "./result/value-summary.ts";
