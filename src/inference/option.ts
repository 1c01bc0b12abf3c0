import { InputError } from "../errors.ts";

/** @throws InputError where a sampler's option is not a whole number from `least` to a million. */
export function wholeOption(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= 1e6) return value;
  throw new InputError("sampler/option", `${name} is ${value}`, `use a whole number from ${least} to 1000000`);
}

/** @throws InputError where a sampler's option is not above `above` and at most `most`. */
export function numberOption(name: string, value: number, above: number, most: number): number {
  if (value > above && value <= most) return value;
  throw new InputError("sampler/option", `${name} is ${value}`, `use a number above ${above} and at most ${most}`);
}
