import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contender } from "../bench/contender.ts";
import type { Answer, BenchKernel } from "../bench/implementation.ts";
import type { BenchInputs } from "../bench/inputs.ts";
import type { Peer } from "../bench/peers.ts";
import type { referenceCheck } from "../bench/reference-check.ts";
import { InputError } from "../errors.ts";
import { type NdArray, toFloat64 } from "../io/ndarray.ts";
import { readNpy } from "../io/npy.ts";
import { writeNpz } from "../io/npz.ts";
import { openFile } from "./file-source.ts";

/** A running script of bench/peers: it gets one line of JSON for each call and answers with one. */
export interface PeerProcess extends AsyncDisposable {
  /** Python and its modules. */
  readonly versions: Readonly<Record<string, string>>;
  ask(request: object): Promise<Readonly<Record<string, unknown>>>;
  /** Gives the peers their inputs: an npz in a folder that goes away with the process. */
  open(arrays: Record<string, NdArray>): Promise<void>;
  /** Where the peers leave results. */
  readonly folder: string;
}

/** Of the peers in bench/peers. */
export type PeerScript = "peers.py" | "parametric.py";

/** Everything that could start threads in numpy, Numba or XLA, told to keep to one. */
const ONE_THREAD = {
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
  NUMBA_NUM_THREADS: "1",
  NUMEXPR_NUM_THREADS: "1",
  NPROC: "1",
  XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
  JAX_PLATFORMS: "cpu",
};

/**
 * Starts the peers in a Python.
 * @throws InputError `peers/python` where it does not start, `peers/modules` where it lacks a module.
 */
export async function startPeers(
  python: string,
  env: Readonly<Record<string, string | undefined>>,
  script: PeerScript = "peers.py",
): Promise<PeerProcess> {
  const path = fileURLToPath(new URL(`../../bench/peers/${script}`, import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "arclet-bench-"));
  const child = spawn(python, [path, folder], { env: { ...env, ...ONE_THREAD }, stdio: ["pipe", "pipe", "pipe"] });
  let complaint = "";
  let ended: string | undefined;
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | undefined;
  const end = (reason: string): void => {
    ended = reason;
    waiting?.reject(new Error(reason));
  };
  child.stderr.on("data", (text) => {
    complaint = `${complaint}${text}`.slice(-2000);
  });
  child.stdin.on("error", () => {});
  child.on("error", (error) => end(`${python} does not start (${error.message})`));
  child.on("close", (code) => end(`the peers ended with ${code}: ${complaint.trim().split("\n").at(-1) ?? ""}`));
  createInterface({ input: child.stdout }).on("line", (line) => waiting?.resolve(line));

  const answer = async (): Promise<Readonly<Record<string, unknown>>> => {
    if (ended !== undefined) throw new Error(ended);
    const line = await new Promise<string>((resolve, reject) => {
      waiting = { resolve, reject };
    });
    waiting = undefined;
    return JSON.parse(line);
  };
  const stop = async (): Promise<void> => {
    child.stdin.end();
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const ask = async (request: object) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const reply = await answer();
    if (typeof reply.error === "string") throw new Error(reply.error);
    return reply;
  };
  try {
    const hello = await answer().catch((error: Error) => {
      throw new InputError("peers/python", error.message, "give --peers the path of a Python 3");
    });
    if (Array.isArray(hello.missing)) {
      const missing = hello.missing.join(", ");
      throw new InputError(
        "peers/modules",
        `${python} lacks ${missing}`,
        `install them: ${python} -m pip install ${hello.missing.join(" ")}`,
      );
    }
    return {
      versions: hello.versions as Record<string, string>,
      folder,
      ask,
      async open(arrays) {
        const file = join(folder, "inputs.npz");
        writeFileSync(file, writeNpz(arrays));
        await ask({ open: file });
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One row of the peers: the calls go to the process, the results come back as npy and are checked here. */
export function peerContender(peer: Peer, process: PeerProcess, check: ReturnType<typeof referenceCheck>): Contender {
  const row = { kernel: peer.kernel, name: peer.name };
  return {
    ...peer,
    by: "python",
    refuses: () => null,
    async call(part, round, checked) {
      const sizes = { visibilities: part.visibilities, pixels: part.pixels };
      const save = checked ? join(process.folder, "result.npy") : null;
      const { seconds } = await process.ask({ ...row, ...sizes, round, save });
      if (typeof seconds !== "number") throw new Error("the peers gave no time");
      if (save === null) return { seconds, error: null, sampled: null };
      await using source = await openFile(save);
      const result = readNpy(await source.read(0, source.size), save);
      return { seconds, ...check(answerOf(peer.kernel, result), part, round) };
    },
    async peakBytes() {
      const { peak_bytes } = await process.ask({ ...row, peak: true, visibilities: null, pixels: null, round: 1 });
      return typeof peak_bytes === "number" ? peak_bytes : null;
    },
  };
}

function answerOf(kernel: BenchKernel, array: NdArray): Answer {
  const values = toFloat64(array);
  const [rows = 1, columns = 1] = array.shape;
  if (kernel === "w_compact") {
    return { kernel, value: { shape: [rows, (columns + 1) / 2], minus: values, plus: null } };
  }
  if (kernel === "curvature_matrix" || kernel === "cholesky") return { kernel, value: { rows, columns, values } };
  if (kernel === "log_likelihood") return { kernel, value: values[0] };
  if (kernel === "positive_only") return { kernel, value: values };
  throw new TypeError(`no peer computes ${kernel}`);
}

/** The inputs as peers.py describes them. */
export function peerInputs(inputs: BenchInputs): Record<string, NdArray> {
  const c = inputs.case;
  const { wCompact, dirtyImage } = inputs.model(inputs.sizes, 0);
  const { pixels, visibilities, mappingNeighbors, neighbors, sourcePixels, gridSize } = inputs.sizes;
  const float = (data: Float64Array, ...shape: number[]): NdArray => ({ dtype: "f8", shape, data });
  const whole = (data: Int32Array, ...shape: number[]): NdArray => ({ dtype: "i4", shape, data });
  return {
    pixel_scale: float(Float64Array.of(c.grid.pixelScale)),
    native_index: whole(c.nativeIndex, pixels, 2),
    uv_wavelengths: float(c.uvWavelengths, visibilities, 2),
    visibilities: float(c.visibilities, visibilities, 2),
    noise_map: float(c.noiseMap, visibilities, 2),
    dirty_image: float(dirtyImage, pixels),
    w_compact: float(wCompact.minus, gridSize, 2 * gridSize - 1),
    mapping_indexes: whole(c.mapping.indexes, pixels, mappingNeighbors),
    mapping_weights: float(c.mapping.weights, pixels, mappingNeighbors),
    neighbors: whole(endingInNothing(c.neighbors.indexes, neighbors), sourcePixels, neighbors),
    coefficient: float(Float64Array.of(c.coefficient)),
    source: float(inputs.source, sourcePixels),
  };
}

/** Rows with their entries of -1 last, as the peers expect them. */
function endingInNothing(indexes: Int32Array, width: number): Int32Array {
  const out = new Int32Array(indexes.length).fill(-1);
  for (let start = 0; start < indexes.length; start += width) {
    out.set(
      indexes.subarray(start, start + width).filter((index) => index >= 0),
      start,
    );
  }
  return out;
}
