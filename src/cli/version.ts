import { readFileSync } from "node:fs";

/** From package.json, two directories up from the sources and from the compiled files alike. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return (manifest as { version: string }).version;
}
