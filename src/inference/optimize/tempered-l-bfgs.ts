import { basinSamples, basinsOf } from "./basins.ts";
import { lbfgs } from "./l-bfgs.ts";
import { type MultiStartOptimizer, multiStartSettings } from "./multi-start.ts";
import { type TemperedClimbOptions, type TemperedClimbState, temperedClimb } from "./tempered-climb.ts";

/**
 * L-BFGS of which only the best starts of a tempered climb climb to the end (`tempered-climb.ts`): its basins are those of these.
 * @throws InputError where an option is out of its range.
 */
export function temperedLbfgs(options: TemperedClimbOptions): MultiStartOptimizer<TemperedClimbState> {
  const { starts, basinTolerance } = multiStartSettings(options, 1);
  const { climbers, ends: _, ...climb } = temperedClimb(options, "likelihood");
  const plain = lbfgs({ ...options, starts: climbers });
  /** Before the climb to the end there is but the best point so far. */
  function basins({ stage, climb, best }: TemperedClimbState) {
    if (stage === "climb") return plain.basins(climb);
    return basinsOf(best.point, Float64Array.of(best.logLikelihood), basinTolerance);
  }
  return {
    name: "L-BFGS",
    ...climb,
    basins,
    samples(state) {
      const { evaluations, stage } = state;
      if (stage === "climb") return { ...plain.samples(state.climb), evaluations };
      const warning = `${starts} starts still climb a tempered density: this is the best point so far`;
      return basinSamples(basins(state), evaluations, {}, [warning]);
    },
  };
}
