// The interpolation of delaunay.ts, in parts of positions. Each begins its walks anew, so that they are the same on any
// number of threads.
import { allocate, mark, release } from "../../operators/arena.as";

const POSITIONS: i32 = 1024;
// As in point-location.ts.
const TOLERANCE: f64 = 100 * f64.EPSILON;

// @ts-ignore: decorator
@unmanaged
class Interpolation {
  count: i32;
  positions: usize;
  vertices: usize;
  // Three times the number of triangles.
  corners: i32;
  triangles: usize;
  beyond: usize;
  neighborsPerPixel: i32;
  neighbors: usize;
  // A vertex that has neighbors, if any has.
  firstVertex: i32;
  // The grid of buckets.
  side: i32;
  yLow: f64;
  perY: f64;
  xLow: f64;
  perX: f64;
  // (count, 3)
  indexes: usize;
  weights: usize;
}

export function prepareInterpolation(
  count: i32, positions: usize, vertices: usize, corners: i32, triangles: usize, beyond: usize, neighborsPerPixel: i32,
  neighbors: usize, firstVertex: i32, side: i32, yLow: f64, perY: f64, xLow: f64, perX: f64, indexes: usize, weights: usize,
): usize {
  const address = allocate(offsetof<Interpolation>());
  const mesh = changetype<Interpolation>(address);
  mesh.count = count;
  mesh.positions = positions;
  mesh.vertices = vertices;
  mesh.corners = corners;
  mesh.triangles = triangles;
  mesh.beyond = beyond;
  mesh.neighborsPerPixel = neighborsPerPixel;
  mesh.neighbors = neighbors;
  mesh.firstVertex = firstVertex;
  mesh.side = side;
  mesh.yLow = yLow;
  mesh.perY = perY;
  mesh.xLow = xLow;
  mesh.perX = perX;
  mesh.indexes = indexes;
  mesh.weights = weights;
  return address;
}

export function partsOfInterpolation(count: i32): i32 {
  return (count + POSITIONS - 1) / POSITIONS;
}

// @ts-ignore: decorator
@inline
function rowOfBuckets(at: f64, side: i32): i32 {
  // Written so that NaN, of a grid without extent, is in the first.
  return at > 0 ? <i32>min(at, <f64>(side - 1)) : 0;
}

// @ts-ignore: decorator
@inline
function squaredDistance(mesh: Interpolation, vertex: i32, y: f64, x: f64): f64 {
  const at = mesh.vertices + (<usize>vertex << 4);
  const dy = load<f64>(at) - y, dx = load<f64>(at, 8) - x;
  return dy * dy + dx * dx;
}

// As in nearest-vertex.ts.
function nearestVertex(mesh: Interpolation, y: f64, x: f64, from: i32): i32 {
  let nearest = from, least = squaredDistance(mesh, from, y, x);
  for (let here = -1; here != nearest; ) {
    here = nearest;
    const first = mesh.neighbors + (<usize>(here * mesh.neighborsPerPixel) << 2);
    const last = first + (<usize>mesh.neighborsPerPixel << 2);
    for (let at = first; at < last; at += 4) {
      const neighbor = load<i32>(at);
      if (neighbor < 0) break;
      const distance = squaredDistance(mesh, neighbor, y, x);
      if (distance < least) {
        least = distance;
        nearest = neighbor;
      }
    }
  }
  return nearest;
}

// One of `partsOfInterpolation` parts.
export function interpolatePart(part: i32, state: usize): void {
  const mesh = changetype<Interpolation>(state), side = mesh.side, vertices = mesh.vertices, triangles = mesh.triangles;
  const top = mark();
  // The triangle of the last position in every bucket.
  const recent = allocate(<usize>(side * side) << 2);
  memory.fill(recent, 0xff, <usize>(side * side) << 2);
  const last = min((part + 1) * POSITIONS, mesh.count);
  let corner = 0, nearest = mesh.firstVertex;
  for (let m = part * POSITIONS; m < last; m++) {
    const position = mesh.positions + (<usize>m << 4), y = load<f64>(position), x = load<f64>(position, 8);
    const row = rowOfBuckets((y - mesh.yLow) * mesh.perY, side);
    const bucket = recent + (<usize>(row * side + rowOfBuckets((x - mesh.xLow) * mesh.perX, side)) << 2);
    let next = load<i32>(bucket);
    if (next < 0) next = corner;
    let inside = false, ofA = 0.0, ofB = 0.0, ofC = 0.0;
    for (let left = mesh.corners; left > 0; left -= 3) {
      corner = next;
      const triangle = triangles + (<usize>corner << 2);
      const a = vertices + (<usize>load<i32>(triangle) << 4), ay = load<f64>(a) - y, ax = load<f64>(a, 8) - x;
      const b = vertices + (<usize>load<i32>(triangle, 4) << 4), by = load<f64>(b) - y, bx = load<f64>(b, 8) - x;
      const c = vertices + (<usize>load<i32>(triangle, 8) << 4), cy = load<f64>(c) - y, cx = load<f64>(c, 8) - x;
      ofA = cy * bx - by * cx;
      ofB = ay * cx - cy * ax;
      ofC = by * ax - ay * bx;
      const leastOfTwo = ofA < ofB ? ofA : ofB, least = leastOfTwo < ofC ? leastOfTwo : ofC;
      inside = least >= 0;
      if (inside) break;
      // Side e begins at corner e, so that the side opposite a corner begins at the next.
      const across = corner + (leastOfTwo < ofC ? (ofA < ofB ? 1 : 2) : 0);
      next = load<i32>(mesh.beyond + (<usize>across << 2));
      if (next < 0) {
        inside = least >= -TOLERANCE * (ofA + ofB + ofC);
        break;
      }
      next -= next % 3;
    }
    store<i32>(bucket, corner);
    const index = mesh.indexes + <usize>m * 12, weight = mesh.weights + <usize>m * 24;
    const triangle = triangles + (<usize>corner << 2);
    const total = Math.abs(ofA) + Math.abs(ofB) + Math.abs(ofC);
    if (inside && total > 0) {
      memory.copy(index, triangle, 12);
      store<f64>(weight, Math.abs(ofA) / total);
      store<f64>(weight, Math.abs(ofB) / total, 8);
      store<f64>(weight, Math.abs(ofC) / total, 16);
    } else {
      nearest = nearestVertex(mesh, y, x, mesh.corners > 0 ? load<i32>(triangle) : nearest);
      store<i32>(index, nearest);
      store<i64>(index, -1, 4);
      store<f64>(weight, 1);
      store<f64>(weight, 0, 8);
      store<f64>(weight, 0, 16);
    }
  }
  release(top);
}
