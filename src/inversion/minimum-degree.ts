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
  // A variable's room is that of its first neighbors: those left are at its beginning, its elements at its end, the first
  // one last. It suffices, since a variable of a new clique had the pivot for a neighbor or shared an element with it.
  const { start, list } = withoutDiagonal(pattern);
  const neighbors = Int32Array.from({ length: size }, (_, i) => start[i + 1] - start[i]);
  const elements = new Int32Array(size);
  // An eliminated variable lends its number to its element, whose members are then its clique.
  let members = new Int32Array(4 * list.length + size);
  const firstMember = new Int32Array(size);
  const memberCount = new Int32Array(size);
  let endOfMembers = 0;
  const isElement = new Uint8Array(size);
  const degree = neighbors.slice();
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
    if (endOfMembers + size > members.length) members = enlarged(members);
    const clique = endOfMembers;
    let end = clique;
    for (let n = start[pivot]; n < start[pivot] + neighbors[pivot]; n++) {
      mark[list[n]] = stamp;
      members[end++] = list[n];
    }
    for (let n = start[pivot + 1]; n-- > start[pivot + 1] - elements[pivot]; ) {
      const element = list[n];
      for (let m = firstMember[element]; m < firstMember[element] + memberCount[element]; m++) {
        const i = members[m];
        if (mark[i] === stamp) continue;
        mark[i] = stamp;
        members[end++] = i;
      }
      // Its clique is part of the new one.
      isElement[element] = 0;
    }
    for (let c = clique; c < end; c++) {
      const last = start[members[c] + 1];
      for (let n = last - elements[members[c]]; n < last; n++) {
        const element = list[n];
        if (isElement[element] === 0) continue;
        if (counted[element] !== stamp) {
          counted[element] = stamp;
          outside[element] = memberCount[element];
        }
        outside[element]--;
      }
    }
    let left = clique;
    for (let c = clique; c < end; c++) {
      const i = members[c];
      let kept = start[i];
      for (let n = start[i]; n < start[i] + neighbors[i]; n++) if (mark[list[n]] !== stamp) list[kept++] = list[n];
      neighbors[i] = kept - start[i];
      let beyond = neighbors[i];
      let free = start[i + 1];
      for (let n = free; n-- > start[i + 1] - elements[i]; ) {
        const element = list[n];
        // An element with no member outside the clique says nothing that the new one does not.
        if (isElement[element] === 0 || outside[element] === 0) continue;
        list[--free] = element;
        beyond += outside[element];
      }
      queue.remove(i);
      if (beyond === 0) {
        // Its only neighbors are the clique: eliminated here, it fills nothing that the pivot has not.
        order[eliminated++] = i;
      } else {
        list[--free] = pivot;
        members[left++] = i;
        degree[i] = Math.min(beyond, degree[i]);
      }
      elements[i] = start[i + 1] - free;
    }
    firstMember[pivot] = clique;
    memberCount[pivot] = left - clique;
    endOfMembers = left;
    for (let c = clique; c < left; c++) {
      const i = members[c];
      queue.add(i, Math.min(size - eliminated - 1, degree[i] + left - clique - 1));
    }
    isElement[pivot] = 1;
  }
  return order;
}

/** The rows of a pattern, one after the other. */
function withoutDiagonal({ rows, rowStart, columnIndex }: SparsePattern) {
  const start = new Int32Array(rows + 1);
  const list = new Int32Array(columnIndex.length);
  let end = 0;
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) if (columnIndex[e] !== i) list[end++] = columnIndex[e];
    start[i + 1] = end;
  }
  return { start, list };
}

function enlarged(list: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * list.length);
  larger.set(list);
  return larger;
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
