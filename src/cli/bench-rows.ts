import type { RankedKernel } from "../bench/bench-case.ts";
import type { Implementation } from "../bench/implementation.ts";
import { IMPLEMENTATIONS } from "../bench/implementations.ts";
import { PEERS, type Peer } from "../bench/peers.ts";
import type { BenchSizes } from "../bench/work.ts";
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Invocation } from "./invocation.ts";
import { availableBytes } from "./machine.ts";

/** The rows of these kernels that --implementations, --backend and --peers leave. */
export function wantedRows(
  kernels: readonly RankedKernel[],
  names: string | undefined,
  { options }: Invocation,
  withPeers: boolean,
): { readonly own: readonly Implementation[]; readonly peers: readonly Peer[] } {
  const ofCase = <T extends { readonly kernel: RankedKernel }>(rows: readonly T[]): T[] => {
    return rows.filter(({ kernel }) => kernels.includes(kernel));
  };
  const ofVoice = ofCase(IMPLEMENTATIONS).filter(
    ({ voice }) => options.backend === "auto" || voice === options.backend,
  );
  const peers = withPeers ? ofCase(PEERS) : [];
  const wanted = wantedNames([...ofVoice, ...peers], names, options.backend, ofCase(PEERS));
  const among = ({ name }: { readonly name: string }): boolean => wanted.has(name);
  return { own: ofVoice.filter(among), peers: peers.filter(among) };
}

/**
 * The names that --implementations leaves.
 * @throws InputError `bench/implementation` for a name that no row has.
 */
export function wantedNames(
  rows: readonly { readonly name: string; readonly voice?: string }[],
  names: string | undefined,
  backend: string,
  missingPeers: readonly Peer[] = [],
): ReadonlySet<string> {
  const ofBackend = rows.filter(({ voice }) => backend === "auto" || voice === undefined || voice === backend);
  const known = new Set(ofBackend.map(({ name }) => name));
  if (known.size === 0) {
    const remedy = "give --backend auto, reference or wasm";
    throw new InputError("bench/implementation", `there is no row in the ${backend} voice`, remedy);
  }
  const wanted = new Set(names === undefined ? known : names.split(",").map((name) => name.trim()));
  for (const name of wanted) {
    if (known.has(name)) continue;
    const remedy = missingPeers.some((peer) => peer.name === name)
      ? "it is a peer: add --peers PYTHON"
      : `the nearest is ${nearest(name, known)}; there are ${[...known].join(", ")}`;
    throw new InputError("bench/implementation", `--implementations: there is no ${JSON.stringify(name)} here`, remedy);
  }
  return wanted;
}

/** @throws InputError `bench/memory` where the inputs alone are more than there is room for. */
export function requireMemory({ gridSize, visibilities, mappingNeighbors, neighbors, sourcePixels }: BenchSizes): void {
  const image = gridSize * gridSize;
  // Twice, for what is made on the way.
  const bytes = 2 * (64 * visibilities + image * (40 + 12 * mappingNeighbors) + sourcePixels * (4 * neighbors + 16));
  const available = availableBytes();
  if (bytes <= available) return;
  const gibibytes = (count: number): string => `${(count / 2 ** 30).toPrecision(3)} GiB`;
  throw new InputError(
    "bench/memory",
    `inputs of these sizes take ${gibibytes(bytes)}, and there are ${gibibytes(available)}`,
    "give smaller sizes",
  );
}
