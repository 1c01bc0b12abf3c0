/** Sweeps after which groups are taken as they are: what splits well has come to rest long before. */
const SWEEPS = 30;

/**
 * Points in two groups, each point nearer to its own group's mean (Lloyd 1982, IEEE Transactions on Information Theory
 * 28, 129), from means a standard deviation to either side of the centre along the longest axis.
 *
 * @param points (n, dimensions), of which those of `members` count.
 */
export function twoMeans(points: Float64Array, members: Uint32Array, dimensions: number): [Uint32Array, Uint32Array] {
  const { mean, axis } = longestAxis(points, members, dimensions);
  let centres = [1, -1].map((side) => mean.map((value, i) => value + side * axis[i]));
  const second = new Uint8Array(members.length);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = 0;
    const sums = [new Float64Array(dimensions), new Float64Array(dimensions)];
    const counts = [0, 0];
    for (let m = 0; m < members.length; m++) {
      const at = members[m] * dimensions;
      let nearer = 0;
      for (let i = 0; i < dimensions; i++) {
        nearer += (points[at + i] - centres[0][i]) ** 2 - (points[at + i] - centres[1][i]) ** 2;
      }
      const group = nearer > 0 ? 1 : 0;
      moved += group === second[m] ? 0 : 1;
      second[m] = group;
      counts[group]++;
      for (let i = 0; i < dimensions; i++) sums[group][i] += points[at + i];
    }
    if (moved === 0 || counts[0] === 0 || counts[1] === 0) break;
    centres = sums.map((sum, group) => sum.map((value) => value / counts[group]));
  }
  return [members.filter((_, m) => second[m] === 0), members.filter((_, m) => second[m] === 1)];
}

/** The mean, and one standard deviation along the longest axis, by the power method without the covariance matrix. */
function longestAxis(points: Float64Array, members: Uint32Array, dimensions: number) {
  const mean = new Float64Array(dimensions);
  for (const member of members) {
    for (let i = 0; i < dimensions; i++) mean[i] += points[member * dimensions + i] / members.length;
  }
  // From the widest dimension: never across the longest axis altogether.
  const variances = mean.map((centre, i) =>
    members.reduce((sum, member) => sum + (points[member * dimensions + i] - centre) ** 2, 0),
  );
  const widest = variances.indexOf(Math.max(...variances));
  let axis = mean.map((_, i) => (i === widest ? 1 : 0));
  let length = 0;
  for (let iteration = 0; iteration < 10; iteration++) {
    const next = new Float64Array(dimensions);
    for (const member of members) {
      let along = 0;
      for (let i = 0; i < dimensions; i++) along += axis[i] * (points[member * dimensions + i] - mean[i]);
      for (let i = 0; i < dimensions; i++)
        next[i] += (along * (points[member * dimensions + i] - mean[i])) / members.length;
    }
    length = Math.hypot(...next);
    if (length === 0) break;
    axis = next.map((value) => value / length);
  }
  return { mean, axis: axis.map((value) => value * Math.sqrt(length)) };
}
