// Memory as a stack. Every thread has an instance of the module and so a stack of its own: the caller's starts at the
// heap base and grows the memory; a worker's is a piece that the caller set aside for the job.
let base: usize = __heap_base;
let start: usize = __heap_base;
let top: usize = __heap_base;
let end: usize = 0;

// 16-byte aligned, as v128 loads like it. Traps when the memory, or a worker's piece of it, is full.
export function allocate(bytes: usize): usize {
  const address = (top + 15) & ~15;
  top = address + bytes;
  if (top < address) unreachable();
  if (end != 0) {
    if (top > end) unreachable();
    return address;
  }
  const pages = <i32>((top + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
  return address;
}

// Where the stack stands, to come back to with `release`.
export function mark(): usize {
  return top;
}

export function release(to: usize): void {
  top = to;
}

// Empties the stack.
export function reset(): void {
  top = start;
}

// What is allocated so far stays for good.
export function keep(): void {
  base = top;
  start = top;
}

// Empties the stack and sets `bytes` below it apart, which stay until the next call; there is one such piece.
export function setApart(bytes: usize): usize {
  top = base;
  const address = allocate(bytes);
  start = top;
  return address;
}

// Makes [from, to) this thread's stack.
export function useArena(from: usize, to: usize): void {
  start = from;
  top = from;
  end = to;
}
