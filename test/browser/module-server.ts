import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { join, normalize, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/**
 * Serves the repository's modules to a page, types stripped, and takes what the page says. Pages are isolated from other
 * origins, for shared memory.
 */
export class ModuleServer {
  readonly #server: Server;
  readonly #page: string;
  readonly #packages = entryPoints();
  readonly #waiting: ((message: Buffer) => void)[] = [];
  readonly #messages: Buffer[] = [];

  /** @param page The module that the page runs, a path from the root of the repository. */
  constructor(page: string) {
    this.#page = page;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** The address of the page. */
  async listen(): Promise<string> {
    await new Promise<void>((done) => {
      this.#server.listen(0, "127.0.0.1", done);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The next message of the page. */
  next(): Promise<Buffer> {
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const send = (status: number, type: string, body: string | Buffer) => {
      response
        .writeHead(status, {
          "content-type": type,
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        })
        .end(body);
    };
    if (request.method === "POST") {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const message = Buffer.concat(parts);
        const take = this.#waiting.shift();
        if (take === undefined) this.#messages.push(message);
        else take(message);
        send(200, "text/plain", "");
      });
      return;
    }
    const { pathname } = new URL(request.url as string, "http://127.0.0.1");
    if (pathname === "/") {
      send(200, "text/html", this.#html());
      return;
    }
    const path = join(root, normalize(decodeURIComponent(pathname)));
    try {
      const bytes = readFileSync(path);
      if (/\.[mc]?[jt]s$/.test(path)) send(200, "text/javascript", this.#module(path, bytes.toString()));
      else send(200, "application/octet-stream", bytes);
    } catch (error) {
      send(404, "text/plain", String(error));
    }
  }

  /** As a browser takes it: without types, packages by their address (workers have no import maps). */
  #module(path: string, text: string): string {
    const stripped = path.endsWith(".ts") ? stripTypeScriptTypes(text) : text;
    return stripped.replace(/\b(from|import)(\s*)(["'])([^"'./][^"']*)\3/g, (found, word, space, quote, name) => {
      const entry = this.#packages.get(name);
      return entry === undefined ? found : `${word}${space}${quote}${entry}${quote}`;
    });
  }

  #html(): string {
    return `<!doctype html><title>Arclet</title>
<script type="module">
const say = (message) => fetch("/", { method: "POST", body: message });
addEventListener("unhandledrejection", ({ reason }) => say("error " + (reason?.stack ?? reason)));
addEventListener("error", ({ message }) => say("error " + message));
const { run } = await import("/${this.#page}");
await run(say);
</script>`;
  }
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
  readonly module?: string;
  readonly main?: string;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Addresses of what users install, and of what that needs, as a bundler for browsers finds them. */
function entryPoints(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = ({ dependencies = {} }: Manifest) => {
    for (const name of Object.keys(dependencies)) {
      if (found.has(name)) continue;
      const folder = join(root, "node_modules", name);
      const manifest = manifestOf(folder);
      const entry = conditional(manifest.exports) ?? manifest.module ?? manifest.main ?? "index.js";
      found.set(name, `/${relative(root, join(folder, entry))}`);
      visit(manifest);
    }
  };
  visit(manifestOf(root));
  return found;
}

/** The first of the conditions of an `exports` field that a browser meets. */
function conditional(field: unknown): string | undefined {
  if (typeof field === "string" || field === undefined || field === null) return field ?? undefined;
  const choices = field as Readonly<Record<string, unknown>>;
  if (choices["."] !== undefined) return conditional(choices["."]);
  const met = Object.keys(choices).find((name) => ["browser", "import", "module", "default"].includes(name));
  return met === undefined ? undefined : conditional(choices[met]);
}
