import type { LightSet } from "../light-set.ts";
import { shapelet } from "./shapelet.ts";

/**
 * The Cartesian shapelets with n_y + n_x up to an order N, (N + 1) (N + 2) / 2 of them, by rising n_y + n_x and then
 * rising n_y. Those of one n_y + n_x span the same light as the polar shapelets of that n.
 */
export const shapelets: LightSet<number> = {
  name: "Shapelets",
  summary: "Cartesian shapelets up to an order",
  citation: shapelet.citation,
  profile: shapelet,
  own: ["nY", "nX"],
  members: (order) =>
    Array.from({ length: order + 1 }, (_, n) => n).flatMap((n) =>
      Array.from({ length: n + 1 }, (_, nY) => ({ nY, nX: n - nY })),
    ),
};
