import * as z from "zod";
import { logarithmicSigmas, multiGaussian } from "../profiles/light/multi-gaussian.ts";
import { LARGEST_ORDER } from "../profiles/light/shapelet.ts";
import { shapelets } from "../profiles/light/shapelets.ts";
import type { LightSet } from "../profiles/light-set.ts";
import type { Parameter, ParameterTable } from "../profiles/parameter.ts";
import { type Missing, number, orDefaultPriors, parameterSchema, priors, wholeNumber } from "./parameter-schema.ts";
import { choose, isPlain, oneOf, strict } from "./schema.ts";
import type { ParameterSpec, ProfileSpec } from "./spec.ts";

/** More Gaussians than any expansion needs; a typing error must not become a million profiles. */
const MOST_GAUSSIANS = 1000;

type Intensities = "linear" | readonly number[];

/**
 * A set of profiles as an entry of a galaxy: the shared parameters as a profile has them, `key` for what tells the members
 * apart, and `intensity`, which is `linear` or a list with a number for each member.
 */
function lightSetSchema<Given>(
  set: LightSet<Given>,
  key: string,
  given: z.ZodType<Given>,
  missing: Missing,
): z.ZodType<ProfileSpec> {
  const table: ParameterTable = set.profile.parameters;
  const own = ["intensity", ...set.own];
  const shared = Object.entries(table).filter(([parameter]) => !own.includes(parameter));
  const fields = shared.map(([, parameter]) => [parameter.name, parameterSchema(parameter, missing)]);
  const schema = strict({
    profile: z.literal(set.name),
    priors,
    ...Object.fromEntries(fields),
    [key]: given,
    intensity: intensities(table.intensity),
  });
  return schema.transform((value: Readonly<Record<string, unknown>>, context): ProfileSpec => {
    const intensity = value.intensity as Intensities;
    const members = set.members(value[key] as Given);
    if (intensity !== "linear" && intensity.length !== members.length) {
      const message = `give linear, or ${members.length} numbers: one for each profile of the set`;
      context.addIssue({ code: "custom", path: ["intensity"], input: intensity, message });
      return z.NEVER;
    }
    return {
      kind: "light",
      profile: set.profile.name,
      parameters: Object.fromEntries(shared.map(([inCode, { name }]) => [inCode, value[name] as ParameterSpec])),
      members: members.map((member, i) => ({
        ...member,
        intensity: intensity === "linear" ? intensity : intensity[i],
      })),
    };
  });
}

function intensities(parameter: Parameter): z.ZodType<Intensities> {
  // A term of an expansion may be of either sign, as those of a linear solution are.
  const term = number({ ...parameter, bounds: [-Infinity, Infinity] });
  const list = z.array(term, { error: "give linear, or a list of numbers" });
  const linear = oneOf(["linear"]);
  return choose<Intensities>((value) => (typeof value === "string" ? linear : list), [linear, list]);
}

const { sigma }: ParameterTable = multiGaussian.profile.parameters;

const sigmaRange = strict({
  lower: number(sigma),
  upper: number(sigma),
  count: wholeNumber({ unit: "none", meaning: "of Gaussians", bounds: [1, MOST_GAUSSIANS] }),
})
  .refine(({ lower, upper }) => lower < upper, { error: "give an upper larger than lower" })
  .transform(({ lower, upper, count }) => logarithmicSigmas(lower, upper, count));

const listRemedy = { error: `give 1 to ${MOST_GAUSSIANS} standard deviations, or a map of lower, upper, count` };
const sigmaList = z.array(number(sigma), listRemedy).min(1, listRemedy).max(MOST_GAUSSIANS, listRemedy);

const sigmas = choose<readonly number[]>((value) => (isPlain(value) ? sigmaRange : sigmaList), [sigmaRange, sigmaList]);

const order = wholeNumber({ unit: "none", meaning: "the largest n_y + n_x", bounds: [0, LARGEST_ORDER] });

/** The entries of a galaxy that stand for several light profiles, by their names in files. */
export const lightSetSchemas: Readonly<Record<string, z.ZodType<ProfileSpec>>> = {
  [multiGaussian.name]: orDefaultPriors((missing) => lightSetSchema(multiGaussian, "sigmas", sigmas, missing)),
  [shapelets.name]: orDefaultPriors((missing) => lightSetSchema(shapelets, "order", order, missing)),
};
