/**
 * Dual averaging of the logarithm of the step size towards a wanted acceptance: Hoffman & Gelman 2014, Journal of Machine
 * Learning Research 15, 1593, section 3.2 and algorithm 5, with their constants. Plain data, never changed.
 */
export interface StepSize {
  readonly step: number;
  /** ln of the mean of the last steps, which is what is used once it is found. */
  readonly logMean: number;
  /** Mean lack of acceptance, their H. */
  readonly lack: number;
  /** What ln(step) is drawn to, their mu. */
  readonly logCentre: number;
  readonly count: number;
}

const GAMMA = 0.05;
const T0 = 10;
const KAPPA = 0.75;

export function stepSizeFrom(step: number): StepSize {
  return { step, logMean: 0, lack: 0, logCentre: Math.log(10 * step), count: 0 };
}

/** After a transition of this mean acceptance. */
export function adapted({ logMean, lack, logCentre, count }: StepSize, acceptance: number, wanted: number): StepSize {
  const m = count + 1;
  const weight = 1 / (m + T0);
  const nextLack = (1 - weight) * lack + weight * (wanted - acceptance);
  const logStep = logCentre - (Math.sqrt(m) / GAMMA) * nextLack;
  const share = m ** -KAPPA;
  return {
    step: Math.exp(logStep),
    logMean: share * logStep + (1 - share) * logMean,
    lack: nextLack,
    logCentre,
    count: m,
  };
}

/**
 * The step size to stay with. Its acceptance is above what was wanted, by 0.05 to 0.1 after 50 to 150 transitions and 0.02 after 500:
 * while the steps vary, by a third and more, it is their acceptance that has the wanted mean, and that falls faster with longer steps
 * than it rises with shorter ones.
 */
export function settled(stepSize: StepSize): StepSize {
  return stepSize.count === 0 ? stepSize : { ...stepSize, step: Math.exp(stepSize.logMean) };
}
