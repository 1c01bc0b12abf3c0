import * as z from "zod";

/*
 * Schemas that look at a value before they pick what it must be are functions, which JSON Schema cannot see into. Beside
 * each of them stands its form: what an editor is told.
 */

export type Json = Readonly<Record<string, unknown>>;

export type Form = (convert: (schema: z.ZodType) => Json) => Json;

const forms = new WeakMap<object, Form>();

/** The same schema, known to JSON Schema in this form. */
export function inForm<Schema extends z.ZodType>(schema: Schema, form: Json | Form): Schema {
  forms.set(schema, typeof form === "function" ? (form as Form) : () => form);
  return schema;
}

/** One of some schemas. */
export function anyOf(schemas: readonly z.ZodType[]): Form {
  return (convert) => (schemas.length === 1 ? convert(schemas[0]) : { anyOf: schemas.map(convert) });
}

/** The JSON Schema of what a schema reads, without a dialect. */
export function jsonSchemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    // What editors know best.
    target: "draft-7",
    override: ({ zodSchema, jsonSchema }) => {
      const form = forms.get(zodSchema);
      if (form !== undefined) {
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
        Object.assign(jsonSchema, form(jsonSchemaOf));
      }
      // Lists and maps as they are in code, not in files.
      if (typeof jsonSchema.default === "object") delete jsonSchema.default;
    },
  });
  return json;
}
