import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** On its own, as root, without a screen, with WebGPU on the CPU where it has no other. */
const FLAGS = [
  "--no-sandbox",
  "--no-zygote",
  "--headless",
  "--no-first-run",
  "--disable-dev-shm-usage",
  "--enable-unsafe-webgpu",
];
const SOFTWARE = "--use-webgpu-adapter=swiftshader";

const own = process.env.ARCLET_CHROMIUM;

/** Why there is no browser to test in, where there is none. */
export const noBrowser: string | undefined =
  own !== undefined || (process.platform === "linux" && process.arch === "x64")
    ? undefined
    : "no Chromium comes with this platform: name one in ARCLET_CHROMIUM (and its flags in ARCLET_CHROMIUM_FLAGS)";

/** Owns a running Chromium, and the folder that all its files are in. */
export class Chromium {
  /** Resolves when the browser ends by itself, with what it last said. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #folder: string;
  #errors = "";

  private constructor(executable: string, folder: string, url: string) {
    this.#folder = folder;
    const flags = process.env.ARCLET_CHROMIUM_FLAGS?.split(" ") ?? [SOFTWARE];
    this.#process = spawn(executable, [...FLAGS, ...flags, `--user-data-dir=${join(folder, "profile")}`, url], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, HOME: folder, TMPDIR: folder },
      // A group of its own, to end with all its processes.
      detached: true,
    });
    (this.#process.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-4000);
    });
    this.ended = new Promise((resolve) => {
      this.#process.on("error", (error) => resolve(String(error)));
      this.#process.on("exit", (code) => resolve(`Chromium ended with code ${code}: ${this.#errors}`));
    });
  }

  /** Starts the browser that `ARCLET_CHROMIUM` names, or the one that comes with the tests, at a page. */
  static async open(url: string): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), "arclet-browser-"));
    return new Chromium(own ?? (await unpack(folder)), folder, url);
  }

  async close(): Promise<void> {
    if (this.#process.pid !== undefined && this.#process.exitCode === null) {
      process.kill(-this.#process.pid, "SIGKILL");
      await this.ended;
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/**
 * The path of the Chromium of the development dependency, unpacked into the folder: into one of its own, since one left
 * half unpacked by an interrupted run would be taken for whole. The package unpacks into the folder of temporary files.
 */
async function unpack(folder: string): Promise<string> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    return await chromium.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
