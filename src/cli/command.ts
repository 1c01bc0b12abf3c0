import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs } from "citty";
import type { Invocation } from "./invocation.ts";
import { COMMON_OPTIONS } from "./options.ts";

export interface Command<T extends ArgsDef> {
  readonly name: string;
  readonly description: string;
  /** Its own options and positionals; the common options come of themselves. */
  readonly args: T;
  /** Throws InputError for wrong input (exit code 2) and any other Error for a failed run (exit code 1). */
  run(args: ParsedArgs<T>, invocation: Invocation): void | Promise<void>;
}

/** A command of the command line, as citty wants it. */
export function command<const T extends ArgsDef>({ name, description, args, run }: Command<T>): CommandDef {
  return defineCommand({
    meta: { name, description },
    args: { ...args, ...COMMON_OPTIONS },
    // citty's `data` is untyped; main.ts is the only one who fills it.
    run: (context) => run(context.args as unknown as ParsedArgs<T>, context.data as Invocation),
  }) as unknown as CommandDef;
}
