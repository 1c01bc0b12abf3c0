import type { ArgDef, ArgsDef } from "citty";
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/**
 * The arguments of a command in a form that citty reads in one way only: `--name=value` options first, then `--`, then
 * the positionals.
 *
 * citty lets unknown options pass, takes the next option for a missing value, ignores superfluous positionals and
 * keeps the last of repeated options; here all of them are errors. Only an option whose value hint ends in `...` may be
 * repeated; its values are joined by line breaks.
 *
 * @param known The command's options and positionals; a positional whose name ends in `...` takes any number.
 * @throws InputError `option/...`, `argument/...`.
 */
export function strictArguments(raw: readonly string[], command: string, known: ArgsDef): string[] {
  const options = new Map<string, string>();
  const positionals: string[] = [];
  for (let index = 0; index < raw.length; index++) {
    const argument = raw[index];
    if (argument === "--") {
      positionals.push(...raw.slice(index + 1));
      break;
    }
    if (!argument.startsWith("-") || argument === "-") {
      positionals.push(argument);
      continue;
    }
    const [name, definition] = knownOption(argument, command, known);
    const earlier = options.get(name);
    if (earlier !== undefined && !definition.valueHint?.endsWith("...")) {
      throw new InputError("option/repeated", `--${name} is given twice`, "give it once");
    }
    const equals = argument.indexOf("=");
    if (definition.type === "boolean") {
      if (equals >= 0) throw new InputError("option/value", `--${name} takes no value`, `write --${name}`);
      options.set(name, `--${name}`);
      continue;
    }
    const next = raw[index + 1];
    // A number may be negative; that its option wants another is for the option to say.
    const nextIsValue = next !== undefined && next !== "" && (!next.startsWith("-") || /^-\.?\d/.test(next));
    const value = equals >= 0 ? argument.slice(equals + 1) : nextIsValue ? raw[++index] : "";
    const checked = checkedValue(name, definition, value);
    options.set(name, earlier === undefined ? `--${name}=${checked}` : `${earlier}\n${checked}`);
  }
  requirePositionals(positionals, command, known);
  return [...options.values(), "--", ...positionals];
}

function knownOption(argument: string, command: string, known: ArgsDef): [string, ArgDef] {
  const name = argument.split("=", 1)[0].replace(/^--?/, "");
  // Object.hasOwn: an option called --constructor is unknown.
  const definition = Object.hasOwn(known, name) ? known[name] : undefined;
  if (definition !== undefined && definition.type !== "positional" && argument.startsWith("--")) {
    return [name, definition];
  }
  const names = Object.entries(known).flatMap(([key, { type }]) => (type === "positional" ? [] : [key]));
  throw new InputError(
    "option/unknown",
    `unknown option ${argument.split("=", 1)[0]}`,
    `the nearest is --${nearest(name, [...names, "help"])}; arclet ${command} --help lists all`,
  );
}

function checkedValue(name: string, definition: ArgDef, value: string): string {
  const options = definition.type === "enum" ? (definition.options ?? []) : [];
  const example = options.length > 0 ? options.join("|") : (definition.valueHint ?? "VALUE");
  if (value === "") throw new InputError("option/value", `--${name} has no value`, `write --${name} ${example}`);
  if (options.length === 0 || options.includes(value)) return value;
  throw new InputError(
    "option/value",
    `--${name} ${value} is none of ${options.join(", ")}`,
    `the nearest is ${nearest(value, options)}`,
  );
}

function requirePositionals(given: readonly string[], command: string, known: ArgsDef): void {
  const wanted = Object.entries(known).filter(([, { type }]) => type === "positional");
  const required = wanted.filter(([, { required = true }]) => required);
  const form = `arclet ${command}${wanted.map(([name]) => ` ${name.toUpperCase()}`).join("")} [options]`;
  if (given.length < required.length) {
    const missing = required[given.length][0].replace(/\.\.\.$/, "").toUpperCase();
    throw new InputError("argument/missing", `${command} needs ${missing}`, `write ${form}`);
  }
  if (given.length > wanted.length && !wanted.at(-1)?.[0].endsWith("...")) {
    throw new InputError("argument/extra", `${command} does not take ${given[wanted.length]}`, `write ${form}`);
  }
  if (given.includes("")) throw new InputError("argument/empty", "an argument is empty", `write ${form}`);
}
