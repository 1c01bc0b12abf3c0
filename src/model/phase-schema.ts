import * as z from "zod";
import { inForm, type Json } from "./json-form.ts";
import { isPlain, named, strict } from "./schema.ts";

/** More than any pipeline has; every one is a whole spec to check. */
const MOST_PHASES = 20;

const patchOf = (what: string) => z.record(z.string(), z.unknown(), { error: `give a map of ${what}` }).optional();

const MARKERS: Json = {
  from: { type: "string", description: "an earlier phase: priors about what it found" },
  fixed: { type: "string", description: "an earlier phase: the values of its best point" },
  widen: { type: "number", exclusiveMinimum: 0, description: "how much wider priors are to be" },
};

/** What an editor can be told of a galaxy's patch: any of its keys, removed by null, and markers. */
const galaxyForm: Json = {
  type: ["object", "null"],
  properties: { redshift: { type: "number", minimum: 0 }, ...MARKERS },
  additionalProperties: { type: ["object", "null"], properties: { profile: { type: "string" }, ...MARKERS } },
};

const patch = strict({
  datasets: patchOf("datasets"),
  galaxies: inForm(patchOf("galaxies"), { type: "object", additionalProperties: galaxyForm }),
  search: patchOf("a search"),
  settings: patchOf("settings"),
  assertions: z.array(z.string(), { error: "give a list of relations" }).optional(),
});

/**
 * Phases as a file has them: of each a patch of the spec. Whether what comes of it is a spec shows when it is put on
 * (`parsePhases`).
 */
export const phases = inForm(
  named(patch, "give a map from names of phases to what differs in them, {} for nothing").refine(
    (given) => !isPlain(given) || Object.keys(given).length <= MOST_PHASES,
    { error: `give at most ${MOST_PHASES} phases` },
  ),
  (convert) => ({
    type: "object",
    additionalProperties: convert(patch),
    minProperties: 1,
    maxProperties: MOST_PHASES,
  }),
);
