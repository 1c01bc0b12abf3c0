import { type Json, jsonSchemaOf } from "./json-form.ts";
import { definitions } from "./parameter-schema.ts";
import { specSchema } from "./parse-spec.ts";

/**
 * Specs as JSON Schema (draft 7), by which editors complete and check them: every key, profile and parameter, with bounds.
 * What relates keys to each other is left to `parseSpec`: that an upper edge is above the lower, that paths exist.
 */
export function specJsonSchema(): Json {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "A spec of Arclet: what was observed, and what is thought to be there",
    ...jsonSchemaOf(specSchema),
    definitions: definitions(),
  };
}
