/** Every memory of WebAssembly made after this module was loaded, as long as anything refers to it. */
const memories: WeakRef<WebAssembly.Memory>[] = [];

const Memory = WebAssembly.Memory;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(new WeakRef(this));
  }
};

/** Bytes that they have grown to. */
export function wasmMemoryBytes(): number {
  return memories.reduce((sum, memory) => sum + (memory.deref()?.buffer.byteLength ?? 0), 0);
}
