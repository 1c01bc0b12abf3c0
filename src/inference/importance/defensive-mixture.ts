import { type StudentComponent, type StudentMixture, studentComponent } from "./student-mixture.ts";

/**
 * Parts of all draws are of each component this much wider, and of all of them as one, so that a proposal which is too narrow or
 * too short comes to know (a defensive mixture: Hesterberg 1995, Technometrics 37, 185).
 */
const WIDE_SHARE = 0.08;
const WHOLE_SHARE = 0.08;
const WIDER = 2;

/** A mixture with a wide copy of each component, and of the whole. */
export function defensive(mixture: StudentMixture): StudentMixture {
  const wide = (share: number) => (component: StudentComponent) =>
    studentComponent(
      component.logShare + Math.log(share),
      component.mean,
      component.scale.map((value) => value * WIDER ** 2),
    );
  if (mixture.length === 1) return [asPart(mixture[0], 1 - WIDE_SHARE), wide(WIDE_SHARE)(mixture[0])];
  return [
    ...mixture.map((component) => asPart(component, 1 - WIDE_SHARE - WHOLE_SHARE)),
    ...mixture.map(wide(WIDE_SHARE)),
    wide(WHOLE_SHARE)(wholeOf(mixture)),
  ];
}

function asPart(component: StudentComponent, share: number): StudentComponent {
  return { ...component, logShare: component.logShare + Math.log(share) };
}

/** One component of the mean and the scale of a mixture. */
function wholeOf(mixture: StudentMixture): StudentComponent {
  const shares = mixture.map(({ logShare }) => Math.exp(logShare));
  const mean = mixture[0].mean.map((_, i) => mixture.reduce((sum, part, k) => sum + shares[k] * part.mean[i], 0));
  const d = mean.length;
  const scale = mixture[0].scale.map((_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    const off = (part: StudentComponent) => (part.mean[i] - mean[i]) * (part.mean[j] - mean[j]);
    return mixture.reduce((sum, part, k) => sum + shares[k] * (part.scale[at] + off(part)), 0);
  });
  return studentComponent(0, mean, scale);
}
