import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // Two workers: the machine class the suite is sized for has two cores.
    maxWorkers: 2,
  },
});
