/**
 * The instructions on two f64 lanes that formulas are expanded into: the opcode after the SIMD prefix (WebAssembly 2.0;
 * those above 0x100 are of relaxed SIMD), and about how many cycles pass before another can use the result, which is what
 * the scheduler orders by. Latencies are those of current x86-64 cores; only their proportions matter.
 */
export const VECTOR_INSTRUCTIONS = {
  abs: { opcode: 0xec, latency: 1 },
  neg: { opcode: 0xed, latency: 1 },
  sqrt: { opcode: 0xef, latency: 20 },
  floor: { opcode: 0x75, latency: 8 },
  add: { opcode: 0xf0, latency: 4 },
  sub: { opcode: 0xf1, latency: 4 },
  mul: { opcode: 0xf2, latency: 4 },
  div: { opcode: 0xf3, latency: 13 },
  /** b < a ? b : a */
  smaller: { opcode: 0xf6, latency: 2 },
  /** a < b ? b : a */
  larger: { opcode: 0xf7, latency: 2 },
  equal: { opcode: 0x47, latency: 3 },
  less: { opcode: 0x49, latency: 3 },
  and: { opcode: 0x4e, latency: 1 },
  /** a and not b */
  andNot: { opcode: 0x4f, latency: 1 },
  or: { opcode: 0x50, latency: 1 },
  xor: { opcode: 0x51, latency: 1 },
  /** The bits of a where c has ones, and of b elsewhere. */
  bitselect: { opcode: 0x52, latency: 2 },
  shiftLeft: { opcode: 0xcb, latency: 1 },
  shiftRight: { opcode: 0xcd, latency: 1 },
  addInteger: { opcode: 0xce, latency: 1 },
  subInteger: { opcode: 0xd1, latency: 1 },
  equalInteger: { opcode: 0xd6, latency: 1 },
  /** Both f64 as i32 in the lower half, towards zero: saturated, and 0 for NaN. */
  toIntegers: { opcode: 0xfc, latency: 8 },
  /** a b + c, rounded once. */
  fusedMultiplyAdd: { opcode: 0x107, latency: 4 },
  /** c - a b, rounded once. */
  fusedNegatedMultiplyAdd: { opcode: 0x108, latency: 4 },
  /** As bitselect, for masks whose lanes are all ones or all zeros. */
  laneselect: { opcode: 0x10c, latency: 2 },
} as const;

export type VectorInstruction = keyof typeof VECTOR_INSTRUCTIONS;
