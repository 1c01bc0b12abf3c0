/** Which entries of a symmetric sparse matrix may differ from zero, in compressed sparse rows. */
export interface SparsePattern {
  /** n */
  readonly rows: number;
  readonly rowStart: Int32Array;
  /** Distinct within a row; both (i, j) and (j, i) are there. The diagonal may or may not be. */
  readonly columnIndex: Int32Array;
}

/**
 * An order of elimination with little fill: always a variable of the least approximate degree (Amestoy, Davis & Duff
 * 1996, section 5, with element absorption and mass elimination, without supervariables).
 *
 * The graph of what is left is kept as variables, their edges not yet touched, and *elements*: an element stands for an
 * eliminated variable and the clique that its elimination made of its neighbors, which is never written out.
 * @returns (n) the variables in the order in which to eliminate them.
 */
export function minimumDegreeOrder(pattern: SparsePattern): Int32Array {
  const { rows: size } = pattern;
  const adjacent = adjacencyLists(pattern);
  // An eliminated variable lends its number to its element, whose members are then its clique.
  const elements: number[][] = Array.from({ length: size }, () => []);
  const members: number[][] = new Array(size);
  const isElement = new Uint8Array(size);
  const degree = Int32Array.from(adjacent, (list) => list.length);
  const queue = degreeQueue(degree);
  // Variables of the current clique carry the current stamp; `outside` counts an element's members beyond it.
  const mark = new Int32Array(size).fill(-1);
  const counted = new Int32Array(size).fill(-1);
  const outside = new Int32Array(size);
  const order = new Int32Array(size);
  let eliminated = 0;
  while (eliminated < size) {
    const pivot = queue.takeLowest();
    const stamp = eliminated;
    order[eliminated++] = pivot;
    mark[pivot] = stamp;
    const clique: number[] = [];
    for (const i of adjacent[pivot]) {
      mark[i] = stamp;
      clique.push(i);
    }
    for (const element of elements[pivot]) {
      for (const i of members[element]) {
        if (mark[i] === stamp) continue;
        mark[i] = stamp;
        clique.push(i);
      }
      // Its clique is part of the new one.
      isElement[element] = 0;
    }
    for (const i of clique) {
      for (const element of elements[i]) {
        if (isElement[element] === 0) continue;
        if (counted[element] !== stamp) {
          counted[element] = stamp;
          outside[element] = members[element].length;
        }
        outside[element]--;
      }
    }
    const left: number[] = [];
    for (const i of clique) {
      let beyond = keepIf(adjacent[i], (j) => mark[j] !== stamp);
      // An element with no member outside the clique says nothing that the new one does not.
      keepIf(elements[i], (element) => isElement[element] === 1 && outside[element] > 0);
      for (const element of elements[i]) beyond += outside[element];
      queue.remove(i);
      if (beyond === 0) {
        // Its only neighbors are the clique: eliminated here, it fills nothing that the pivot has not.
        order[eliminated++] = i;
      } else {
        elements[i].push(pivot);
        left.push(i);
        degree[i] = Math.min(beyond, degree[i]);
      }
    }
    for (const i of left) queue.add(i, Math.min(size - eliminated - 1, degree[i] + left.length - 1));
    isElement[pivot] = 1;
    members[pivot] = left;
  }
  return order;
}

function adjacencyLists({ rows, rowStart, columnIndex }: SparsePattern): number[][] {
  return Array.from({ length: rows }, (_, i) => {
    const list: number[] = [];
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) if (columnIndex[e] !== i) list.push(columnIndex[e]);
    return list;
  });
}

/** Drops the entries of a list that fail, in place; returns how many are left. */
function keepIf(list: number[], keep: (entry: number) => boolean): number {
  let kept = 0;
  for (let n = 0; n < list.length; n++) {
    if (keep(list[n])) list[kept++] = list[n];
  }
  list.length = kept;
  return kept;
}

/** Variables by degree, in doubly linked lists, one a degree; `degree` is kept up to date. */
function degreeQueue(degree: Int32Array) {
  const size = degree.length;
  const head = new Int32Array(size + 1).fill(-1);
  const next = new Int32Array(size).fill(-1);
  const previous = new Int32Array(size).fill(-1);
  let lowest = 0;
  const add = (i: number, value: number): void => {
    degree[i] = value;
    next[i] = head[value];
    previous[i] = -1;
    if (head[value] >= 0) previous[head[value]] = i;
    head[value] = i;
    lowest = Math.min(lowest, value);
  };
  const remove = (i: number): void => {
    if (previous[i] >= 0) next[previous[i]] = next[i];
    else head[degree[i]] = next[i];
    if (next[i] >= 0) previous[next[i]] = previous[i];
  };
  const takeLowest = (): number => {
    while (head[lowest] < 0) lowest++;
    const i = head[lowest];
    remove(i);
    return i;
  };
  for (let i = size - 1; i >= 0; i--) add(i, degree[i]);
  return { add, remove, takeLowest };
}
