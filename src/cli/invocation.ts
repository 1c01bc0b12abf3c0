import type { CommonOptions } from "./options.ts";

/** Where text goes: a standard stream, or what a test collects. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** The world of a command line, so that a test can give another. */
export interface CommandLineIo {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a command is run with: citty hands it over as `data`. */
export interface Invocation extends CommandLineIo {
  readonly options: CommonOptions;
}

/** Prints the one JSON object of `--json`, on one line. Numbers that are not finite become null, as JSON has none. */
export function printJson({ stdout }: CommandLineIo, value: object): void {
  stdout.write(`${JSON.stringify(value)}\n`);
}

/** One line of progress, on standard error, so that standard output holds results alone. */
export function progress({ stderr }: CommandLineIo, line: string): void {
  stderr.write(`${oneLine(line)}\n`);
}

/** Whether a stream shows 24-bit colours: a terminal that says so (https://github.com/termstandard/colors), unless NO_COLOR is set. */
export function showsColor(stream: TextStream, env: CommandLineIo["env"]): boolean {
  if (stream.isTTY !== true || (env.NO_COLOR ?? "") !== "") return false;
  return env.COLORTERM === "truecolor" || env.COLORTERM === "24bit";
}

/** Text without line breaks and other control characters: a file name may hold any. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}
