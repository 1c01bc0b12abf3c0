/** State of a xoshiro128** generator (Blackman & Vigna 2021): four words, not all zero. Changed by every draw. */
export type RandomState = Uint32Array;

/** A generator from a seed, its words filled by splitmix32 so that neighboring seeds are unrelated. */
export function randomState(seed: number): RandomState {
  let x = seed >>> 0;
  return Uint32Array.from({ length: 4 }, () => {
    x = (x + 0x9e3779b9) >>> 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  });
}

function nextWord(state: RandomState): number {
  const scrambled = Math.imul(rotate(Math.imul(state[1], 5), 7), 9) >>> 0;
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate(state[3], 11);
  return scrambled;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Uniform in [0, 1), 53 bits. */
export function uniform(state: RandomState): number {
  const high = nextWord(state) >>> 5;
  const low = nextWord(state) >>> 6;
  return (high * 2 ** 26 + low) / 2 ** 53;
}

/** Standard normal, by the transform of Box & Muller (1958). */
export function normal(state: RandomState): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(state)));
  return radius * Math.cos(2 * Math.PI * uniform(state));
}

/** `length` draws of `draw`. */
export function draws(state: RandomState, length: number, draw: (state: RandomState) => number): Float64Array {
  return Float64Array.from({ length }, () => draw(state));
}
