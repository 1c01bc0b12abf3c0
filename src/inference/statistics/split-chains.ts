/** The halves of each chain as chains of their own: a drift is then a difference between chains. */
export function splitChains(chains: readonly Float64Array[]): Float64Array[] {
  const half = Math.floor(chains[0].length / 2);
  return chains.flatMap((chain) => [chain.slice(0, half), chain.slice(chain.length - half)]);
}
