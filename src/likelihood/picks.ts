import { type LatticeSums, NUFFT_PAYS, nufftFits, nufftPays } from "../dataset/compaction.ts";
import type { PixelGrid } from "../grid.ts";
import { type CurvatureForm, formFits } from "./curvature-form.ts";
import { predictedSeconds } from "./predicted-seconds.ts";
import type { Measurement, Tuning } from "./tuning.ts";

/** What `auto` chooses, with what it chooses from. */
export interface Candidates {
  readonly lattice_sums: LatticeSums;
  readonly curvature_matrix: CurvatureForm;
}

export type ChoiceName = keyof Candidates;

type SizesOf<C extends ChoiceName> = Extract<Measurement, { choice: C }>["sizes"];

/** What a choice is made for. */
export interface SubjectOf {
  readonly lattice_sums: { readonly shape: PixelGrid["shape"]; readonly visibilities: number };
  readonly curvature_matrix: SizesOf<"curvature_matrix">;
}

/** What was picked, and why, in whatever choice. */
export interface Explained {
  readonly choice: string;
  readonly picked: string | null;
  readonly because: string;
  readonly candidates: readonly { readonly candidate: string; readonly seconds: number }[];
}

export interface Picked<C extends ChoiceName> extends Explained {
  readonly choice: C;
  /** null where a stored compaction does not say how it was made. */
  readonly picked: Candidates[C] | null;
  readonly because: string;
  /** Predicted seconds, the fastest first; empty where nothing was measured or nothing was to choose. */
  readonly candidates: readonly { readonly candidate: Candidates[C]; readonly seconds: number }[];
}

interface Choice<C extends ChoiceName> {
  /** The sizes that the candidates' times depend on. */
  readonly sizes: (subject: SubjectOf[C]) => SizesOf<C>;
  readonly fits: (candidate: Candidates[C], subject: SubjectOf[C]) => boolean;
  /** The candidate that is right to the most digits, and the seconds that these are worth. */
  readonly moreExact: { readonly candidate: Candidates[C]; readonly worth: number } | null;
  readonly builtIn: (subject: SubjectOf[C]) => { readonly picked: Candidates[C]; readonly because: string };
}

const { gridPixels, visibilities } = NUFFT_PAYS;

const CHOICES: { readonly [C in ChoiceName]: Choice<C> } = {
  lattice_sums: {
    sizes: (subject) => ({ grid_pixels: subject.shape[0] * subject.shape[1], visibilities: subject.visibilities }),
    fits: (candidate, { shape }) => candidate === "direct" || nufftFits(shape),
    // Once for a dataset, for an error bound that was 0.01 in place of 0.3 in log L for 2000 visibilities on 80 x 80 pixels.
    moreExact: { candidate: "direct", worth: 0.01 },
    builtIn: (subject) =>
      nufftPays(subject, subject.visibilities)
        ? { picked: "nufft", because: `built in: faster from ${visibilities} visibilities and ${gridPixels} pixels on` }
        : { picked: "direct", because: "built in: the more exact, where the NUFFT saves little or does not fit" },
  },
  curvature_matrix: {
    sizes: (subject) => subject,
    fits: (form, { image_pixels }) => formFits(form, image_pixels),
    moreExact: null,
    // In ms on one thread, three mappings a pixel, beside w_compact_sparse and w_tilde_sparse (whose M x M matrix is made
    // before): 0.05, 0.07 and 0.12 for 316 image and 40 source pixels; 2.6, 5.4 and 19 for 3,228 and 256; 56 and 190 for
    // 17,692 and 600, where w_tilde does not fit.
    builtIn: () => ({
      picked: "w_compact_symmetric",
      because: "built in: the fastest at every size tried, and without an M x M matrix",
    }),
  },
};

/**
 * The candidate of least predicted time among those that fit, or the built-in one where nothing was measured. One that
 * is more exact is picked too where it costs no more than that is worth.
 */
export function pick<C extends ChoiceName>(
  tuning: Tuning | undefined,
  choice: C,
  subject: SubjectOf[C],
): Picked<C> & { readonly picked: Candidates[C] } {
  const { sizes, fits, moreExact, builtIn }: Choice<C> = CHOICES[choice];
  const measured = (tuning?.measurements ?? []).filter((each) => each.choice === choice);
  const known = new Set(measured.flatMap(({ seconds }) => Object.keys(seconds) as Candidates[C][]));
  const candidates = [...known]
    .filter((candidate) => fits(candidate, subject))
    .map((candidate) => ({ candidate, seconds: predicted(measured, candidate, sizes(subject)) }))
    .sort((a, b) => a.seconds - b.seconds);
  if (tuning === undefined || candidates.length === 0) return { choice, ...builtIn(subject), candidates: [] };
  const [fastest] = candidates;
  const exact = candidates.find(({ candidate }) => candidate === moreExact?.candidate);
  const measuredOn = `by what arclet tune measured on ${tuning.date.slice(0, 10)}`;
  if (exact !== undefined && exact !== fastest && exact.seconds - fastest.seconds <= moreExact!.worth) {
    const because = `the more exact, and at most ${1000 * moreExact!.worth} ms slower ${measuredOn}`;
    return { choice, picked: exact.candidate, because, candidates };
  }
  return { choice, picked: fastest.candidate, because: `the fastest ${measuredOn}`, candidates };
}

function predicted(measured: readonly Measurement[], candidate: string, sizes: Measurement["sizes"]): number {
  const timed = measured.flatMap((each) => {
    const seconds = (each.seconds as Readonly<Partial<Record<string, number>>>)[candidate];
    return seconds === undefined ? [] : { sizes: each.sizes, seconds };
  });
  return predictedSeconds(timed, Object.keys(sizes), sizes);
}

/** What was not for `auto` to pick. */
export function given<C extends ChoiceName, P extends Candidates[C] | null>(
  choice: C,
  picked: P,
  because: string,
): Picked<C> & { readonly picked: P } {
  return { choice, picked, because, candidates: [] };
}
