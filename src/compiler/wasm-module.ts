/**
 * A writer of WebAssembly binaries, as much of the format as the compiled kernels need (WebAssembly Core Specification,
 * chapter 5, "Binary format").
 */

/** Value types. */
export const I32 = 0x7f;
export const F64 = 0x7c;
export const V128 = 0x7b;

export type ValueType = typeof I32 | typeof F64 | typeof V128;

/** A function to export, its code without the final `end`. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Runs of locals of one type, after the parameters. */
  readonly locals: readonly (readonly [count: number, type: ValueType])[];
  readonly code: WasmCode;
}

/** The memory to import, with its limits in pages of 64 KiB. A shared memory must state its most. */
export interface ImportedMemory {
  readonly module: string;
  readonly name: string;
  readonly shared: boolean;
  readonly initialPages: number;
  readonly maximumPages?: number;
}

const SIMD_PREFIX = 0xfd;
const SATURATING_PREFIX = 0xfc;
const EMPTY_BLOCK = 0x40;

/** Instructions of one byte. */
const PLAIN = {
  select: 0x1b,
  "i32.less": 0x48,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.shiftLeft": 0x74,
  "f64.add": 0xa0,
  "f64.div": 0xa3,
  "f64.fromI32": 0xb7,
} as const;

/** Loads and stores: the opcode and the alignment that is promised, as a power of two. */
const ACCESS = {
  "i32.load": Uint8Array.of(0x28, 2),
  "f64.load": Uint8Array.of(0x2b, 3),
  "f64.store": Uint8Array.of(0x39, 3),
  "v128.load": Uint8Array.of(SIMD_PREFIX, 0x00, 4),
  /** One f64 in both lanes. */
  "v128.loadSplat": Uint8Array.of(SIMD_PREFIX, 0x0a, 3),
  /** One f64 in the first lane, 0 in the other. */
  "v128.loadFirst": Uint8Array.of(SIMD_PREFIX, 0x5d, 3),
  "v128.store": Uint8Array.of(SIMD_PREFIX, 0x0b, 4),
} as const;

/** Bytes that grow: instructions in the order in which they run. */
export class WasmCode {
  #bytes = new Uint8Array(4096);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  append(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** LEB128 of a number below 2^32. */
  unsigned(value: number): this {
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest);
  }

  /** LEB128 of a signed 32-bit number. */
  signed(value: number): this {
    let rest = value | 0;
    for (; rest > 0x3f || rest < -0x40; rest >>= 7) this.byte((rest & 0x7f) | 0x80);
    return this.byte(rest & 0x7f);
  }

  /** A string or section: its length in bytes, then the bytes. */
  counted(bytes: Uint8Array): this {
    return this.unsigned(bytes.length).append(bytes);
  }

  get(local: number): this {
    return this.byte(0x20).unsigned(local);
  }

  set(local: number): this {
    return this.byte(0x21).unsigned(local);
  }

  tee(local: number): this {
    return this.byte(0x22).unsigned(local);
  }

  i32(value: number): this {
    return this.byte(0x41).signed(value);
  }

  f64(value: number): this {
    return this.byte(0x44).append(new Uint8Array(Float64Array.of(value).buffer));
  }

  /** An instruction that is one byte: one of `PLAIN`. */
  plain(name: keyof typeof PLAIN): this {
    return this.byte(PLAIN[name]);
  }

  /** The f64 on the stack rounded up, as an i32: saturated, and 0 for NaN. */
  ceilToI32(): this {
    return this.byte(0x9b).byte(SATURATING_PREFIX).unsigned(2);
  }

  /** A vector instruction without immediates. */
  simd(opcode: number): this {
    return this.byte(SIMD_PREFIX).unsigned(opcode);
  }

  /** A load or store of one of `ACCESS`, at `offset` from the address on the stack. */
  access(name: keyof typeof ACCESS, offset: number): this {
    return this.append(ACCESS[name]).unsigned(offset);
  }

  /** Loads or stores one f64 lane of the vector on the stack, at `offset` from the address below it. */
  lane(name: "load" | "store", lane: 0 | 1, offset: number): this {
    return this.simd(name === "load" ? 0x57 : 0x5b)
      .unsigned(3)
      .unsigned(offset)
      .byte(lane);
  }

  v128Zero(): this {
    return this.simd(0x0c).append(new Uint8Array(16));
  }

  /** An f64 in both lanes. */
  splat(): this {
    return this.simd(0x14);
  }

  /** The first f64 of a vector. */
  firstLane(): this {
    return this.simd(0x21).byte(0);
  }

  /** One of the i32 of a vector. */
  integerLane(lane: 0 | 1): this {
    return this.simd(0x1b).byte(lane);
  }

  /** `body`, again as long as it leaves something other than 0 on the stack; not at all where `condition` leaves 0. */
  loopWhile(condition: () => void, body: () => void): this {
    condition();
    this.byte(0x04).byte(EMPTY_BLOCK).byte(0x03).byte(EMPTY_BLOCK);
    body();
    condition();
    return this.byte(0x0d).unsigned(0).byte(0x0b).byte(0x0b);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    grown.set(this.bytes);
    this.#bytes = grown;
  }
}

/** The bytes of a module that imports one memory and exports every function under its name. */
export function wasmModule(memory: ImportedMemory, functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const module = new WasmCode().append(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const section = (id: number, write: (content: WasmCode) => void) => {
    const content = new WasmCode();
    write(content);
    module.byte(id).counted(content.bytes);
  };
  section(1, (types) => {
    types.unsigned(functions.length);
    for (const { parameters, results } of functions)
      types.byte(0x60).counted(Uint8Array.from(parameters)).counted(Uint8Array.from(results));
  });
  section(2, (imports) => {
    imports.unsigned(1).counted(utf8(memory.module)).counted(utf8(memory.name)).byte(2);
    imports.byte((memory.shared ? 2 : 0) | (memory.maximumPages === undefined ? 0 : 1)).unsigned(memory.initialPages);
    if (memory.maximumPages !== undefined) imports.unsigned(memory.maximumPages);
  });
  section(3, (signatures) => {
    signatures.unsigned(functions.length);
    for (let index = 0; index < functions.length; index++) signatures.unsigned(index);
  });
  section(7, (exports) => {
    exports.unsigned(functions.length);
    functions.forEach(({ name }, index) => {
      exports.counted(utf8(name)).byte(0).unsigned(index);
    });
  });
  section(10, (bodies) => {
    bodies.unsigned(functions.length);
    for (const { locals, code } of functions) {
      const body = new WasmCode().unsigned(locals.length);
      for (const [count, type] of locals) body.unsigned(count).byte(type);
      bodies.counted(body.append(code.bytes).byte(0x0b).bytes);
    }
  });
  return new Uint8Array(module.bytes);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
