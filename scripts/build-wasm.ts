/**
 * Compiles the AssemblyScript kernels twice, with base SIMD and with relaxed SIMD, into `src/backend/wasm-binaries.ts`:
 * base64 in a module, so that Node, bundlers and browsers load it alike. With `--check` it only type-checks.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main as asc } from "assemblyscript/asc";

const root = join(import.meta.dirname, "..");
const common = [
  "src/backend/kernels.as.ts",
  "--runtime=stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=256",
  "--maximumMemory=65536",
  "--enable=simd",
  "--enable=threads",
  "--noAssert",
  "--optimizeLevel=3",
  "--shrinkLevel=0",
];

async function compile(options: readonly string[]): Promise<void> {
  const { error, stderr } = await asc([...common, ...options, `--baseDir=${root}`]);
  const messages = stderr.toString();
  if (messages !== "") console.error(messages);
  if (error) throw error;
}

if (process.argv.includes("--check")) {
  await compile(["--noEmit"]);
} else {
  const folder = await mkdtemp(join(tmpdir(), "arclet-wasm-"));
  const binary = async (name: string, options: readonly string[]): Promise<string> => {
    const file = join(folder, `${name}.wasm`);
    await compile([...options, "--outFile", file]);
    const text = (await readFile(file)).toString("base64");
    return `export const ${name} =\n  "${text}";\n`;
  };
  const base = await binary("baseSimd", []);
  const relaxed = await binary("relaxedSimd", ["--enable=relaxed-simd"]);
  await writeFile(
    join(root, "src/backend/wasm-binaries.ts"),
    `// Made by scripts/build-wasm.ts from the .as.ts files.\n${base}${relaxed}`,
  );
  await rm(folder, { recursive: true });
}
