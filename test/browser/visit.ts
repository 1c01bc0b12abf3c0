import { Chromium } from "./chromium.ts";
import { ModuleServer } from "./module-server.ts";

/**
 * Opens a page that runs a module of this folder, and hands on what it says until `take` returns true.
 * @throws Error with what the page or the browser said where either fails.
 */
export async function visit(module: string, take: (message: string) => boolean): Promise<void> {
  const server = new ModuleServer(`test/browser/${module}`);
  const browser = await Chromium.open(await server.listen());
  const ended = browser.ended.then((why) => `error ${why}`);
  try {
    for (;;) {
      const message = String(await Promise.race([server.next(), ended]));
      if (message.startsWith("error ")) throw new Error(message);
      if (take(message)) return;
    }
  } finally {
    await browser.close();
    server.close();
  }
}
