#!/usr/bin/env node
import { stripVTControlCharacters } from "node:util";
import { type CommandDef, defineCommand, parseArgs, renderUsage, runCommand } from "citty";
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { strictArguments } from "./arguments.ts";
import { availableThreads } from "./available-threads.ts";
import { type CommandLineIo, type Invocation, oneLine } from "./invocation.ts";
import { commonOptions } from "./options.ts";
import { version } from "./version.ts";

/** Imported when asked for: `arclet --help` should not load a likelihood. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandDef>>> = {
  demo: async () => (await import("./demo.ts")).demo,
  fit: async () => (await import("./fit.ts")).fit,
  resume: async () => (await import("./resume.ts")).resume,
  report: async () => (await import("./report.ts")).report,
  evaluate: async () => (await import("./evaluate.ts")).evaluate,
  explain: async () => (await import("./explain.ts")).explain,
  compact: async () => (await import("./compact.ts")).compact,
  simulate: async () => (await import("./simulate.ts")).simulate,
  export: async () => (await import("./export.ts")).exportModel,
  import: async () => (await import("./import.ts")).importModel,
  inspect: async () => (await import("./inspect.ts")).inspect,
  bench: async () => (await import("./bench.ts")).bench,
  schema: async () => (await import("./schema.ts")).schema,
  tune: async () => (await import("./tune.ts")).tune,
};

/** Commands that evaluate batches: a thread takes whole vectors, and kernels run on one. They take all that there are. */
const IN_BATCHES: readonly string[] = ["demo", "fit", "resume", "report"];

/**
 * Runs a command line.
 * @param argv Arguments after the name of the program.
 * @returns The exit code: 0 done, 1 failed run, 2 wrong input.
 */
export async function run(argv: readonly string[], io: CommandLineIo): Promise<number> {
  try {
    await dispatch(argv, io);
    return 0;
  } catch (error) {
    io.stderr.write(`arclet: ${oneLine(messageOf(error))}\n`);
    if (argv.includes("--debug") && error instanceof Error) io.stderr.write(`${error.stack}\n`);
    return error instanceof InputError ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], io: CommandLineIo): Promise<void> {
  const [first, ...rest] = argv;
  if (first === "--help" || first === "-h") return printUsage(io, rootCommand());
  if (first === "--version" || first === "-v") {
    requireAlone(first, rest);
    io.stdout.write(`${version()}\n`);
    return;
  }
  const command = await commandNamed(first);
  const options = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (options.includes("--help") || options.includes("-h")) return printUsage(io, command, rootCommand());
  const known = await resolved(command.args ?? {});
  const rawArgs = strictArguments(rest, first!, known);
  const inBatches = IN_BATCHES.includes(first!);
  const threads = inBatches ? availableThreads(io.env) : 1;
  const invocation: Invocation = { ...io, options: commonOptions(parseArgs(rawArgs, known), threads) };
  const start = () => runCommand(command, { rawArgs, data: invocation });
  if (invocation.options.threads === 1 || inBatches) await start();
  else await (await import("./threads.ts")).withThreads(invocation.options.threads, start);
}

async function commandNamed(name: string | undefined): Promise<CommandDef> {
  const available = Object.keys(COMMANDS);
  if (name === undefined) {
    throw new InputError("command/missing", "no command is given", `write arclet ${available.join("|")} or --help`);
  }
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name]();
  if (name.startsWith("-")) {
    const remedy = "write arclet COMMAND [options]; arclet --help lists the commands";
    throw new InputError("command/missing", `the option ${name} stands where the command belongs`, remedy);
  }
  const remedy = `the nearest is ${nearest(name, available)}; arclet --help lists all`;
  throw new InputError("command/unknown", `unknown command ${name}`, remedy);
}

function requireAlone(option: string, rest: readonly string[]): void {
  if (rest.length === 0) return;
  throw new InputError("argument/extra", `${option} does not take ${rest[0]}`, `write arclet ${option}`);
}

function rootCommand(): CommandDef {
  return defineCommand({
    meta: {
      name: "arclet",
      version: version(),
      description: "A strong-gravitational-lens likelihood engine",
    },
    subCommands: COMMANDS,
  }) as CommandDef;
}

async function printUsage(io: CommandLineIo, command: CommandDef, parent?: CommandDef): Promise<void> {
  const usage = await renderUsage(command, parent);
  // citty colours whatever the output is, and pads its lines.
  const text = io.stdout.isTTY === true ? usage : stripVTControlCharacters(usage);
  io.stdout.write(`${text.replace(/ +$/gm, "").trimEnd()}\n`);
}

async function resolved<T>(value: T | Promise<T> | (() => T | Promise<T>)): Promise<T> {
  return typeof value === "function" ? (value as () => T | Promise<T>)() : value;
}

function messageOf(error: unknown): string {
  if (error instanceof InputError) return error.message;
  if (!(error instanceof Error)) return `failed: ${String(error)}`;
  // A plain Error says what failed; any other kind is a fault of the program, and its name helps to find it.
  const kind = error.name === "Error" ? "" : `unexpected ${error.name}: `;
  return `${kind}${error.message === "" ? "failed" : error.message}`;
}

/** A reader that has seen enough (`arclet inspect ... | head`) is no error, and files are still to be written. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  });
}

/** The program: this process's arguments, streams and exit code. */
export async function main(): Promise<void> {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  process.exitCode = await run(process.argv.slice(2), process);
}

if (import.meta.main) await main();
