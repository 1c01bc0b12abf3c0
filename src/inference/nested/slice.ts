import { draws, normal, type RandomState, uniform } from "../rng.ts";
import { alongAxes } from "./ellipsoid.ts";
import { type Walk, type Walker, withinScales } from "./walker.ts";

/*
 * Slice sampling along random directions: step out until both ends are below the contour, then draw between them and
 * shrink to the draw until it is above (Neal 2003, Annals of Statistics 31, 705, figures 3 and 5). In nested sampling the
 * slice is the contour itself (Handley, Hobson & Lasenby 2015, MNRAS 453, 4384). Directions are those of a frame in a
 * random position, in the shape of the bound.
 */

/** Where one walker is in its slice: positions along `line`, in its units, about the walker's point at zero. */
interface Slice {
  readonly line: Float64Array;
  readonly phase: "lower end" | "upper end" | "between";
  readonly lower: number;
  readonly upper: number;
  /** What is evaluated next. */
  readonly probe: number;
}

/** Steps out that found the end below the contour never: 32 intervals are longer than a scale that has settled leaves. */
const MOST_STEPS_OUT = 32;
/** Halvings, or so, before a slice is given up: the ends have met in f64. */
const MOST_SHRINKS = 60;

/** `length` slices each. */
export const slices: Walk = async (starts, length, scale, target, random) => {
  const walkers = [...starts];
  const moved = new Uint8Array(walkers.length);
  let frames: Float64Array[][] = [];
  let [stepsOut, shrinks] = [0, 0];
  for (let round = 0; round < length; round++) {
    const axis = round % target.dimensions;
    if (axis === 0) frames = walkers.map(() => frame(random, target.dimensions));
    const lines = walkers.map((walker, i) => newSlice(walker, frames[i][axis], scale, random));
    const tries = new Uint32Array(walkers.length);
    for (let open = [...walkers.keys()]; open.length > 0; ) {
      const probes = open.map((i) => along(walkers[i], lines[i]));
      const logLikelihoods = await target.logLikelihoods(probes);
      open = open.filter((i, at) => {
        const slice = lines[i];
        const isAbove = logLikelihoods[at] > walkers[i].threshold;
        tries[i]++;
        if (slice.phase === "between") {
          if (isAbove) {
            walkers[i] = { ...walkers[i], point: probes[at], logLikelihood: logLikelihoods[at] };
            moved[i] = 1;
            return false;
          }
          shrinks++;
          lines[i] = shrunk(slice, random);
          return tries[i] < MOST_SHRINKS;
        }
        const goesOn = isAbove && tries[i] < MOST_STEPS_OUT;
        if (goesOn) stepsOut++;
        else tries[i] = 0;
        lines[i] = goesOn ? steppedOut(slice) : endFound(slice, random);
        return true;
      });
    }
  }
  // At rest where steps out and shrinks are as many, as in dynesty.
  const out = Math.max(stepsOut, 1);
  return {
    walkers,
    scale: withinScales((scale * 2 * out) / (out + shrinks)),
    stuck: moved.filter((hasMoved) => hasMoved === 0).length,
  };
};

/** An interval of unit length at a random place around the point. */
function newSlice({ axes }: Walker, towards: Float64Array, scale: number, random: RandomState): Slice {
  const line = alongAxes(axes, towards).map((value) => scale * value);
  const lower = -uniform(random);
  return { line, phase: "lower end", lower, upper: lower + 1, probe: lower };
}

function steppedOut(slice: Slice): Slice {
  return slice.phase === "lower end"
    ? { ...slice, lower: slice.lower - 1, probe: slice.lower - 1 }
    : { ...slice, upper: slice.upper + 1, probe: slice.upper + 1 };
}

function endFound(slice: Slice, random: RandomState): Slice {
  return slice.phase === "lower end"
    ? { ...slice, phase: "upper end", probe: slice.upper }
    : drawn({ ...slice, phase: "between" }, random);
}

function shrunk(slice: Slice, random: RandomState): Slice {
  return drawn(slice.probe < 0 ? { ...slice, lower: slice.probe } : { ...slice, upper: slice.probe }, random);
}

function drawn(slice: Slice, random: RandomState): Slice {
  return { ...slice, probe: slice.lower + uniform(random) * (slice.upper - slice.lower) };
}

function along({ point }: Walker, { line, probe }: Slice): Float64Array {
  return line.map((value, i) => point[i] + probe * value);
}

/** Directions at right angles to each other, in a random position: a slice undoes less of the one before. */
function frame(random: RandomState, dimensions: number): Float64Array[] {
  const directions: Float64Array[] = [];
  while (directions.length < dimensions) {
    const next = draws(random, dimensions, normal);
    for (const before of directions) subtract(next, dot(next, before), before);
    const length = Math.sqrt(dot(next, next));
    for (let i = 0; i < dimensions; i++) next[i] /= length;
    directions.push(next);
  }
  return directions;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function subtract(from: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] -= factor * vector[i];
}
