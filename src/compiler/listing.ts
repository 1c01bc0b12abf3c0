import type { Schedule, Schedules } from "./schedule.ts";
import { numberOf, type Vector, type VectorLoop } from "./vectors.ts";

/** A kernel as text, a line for each vector, bodies of loops indented. */
export function listing(schedules: Schedules, level?: VectorLoop, indent = ""): string {
  return (schedules.get(level) as Schedule)
    .flatMap((vector) => {
      const line = `${indent}%${vector.id} = ${vector.kind} ${operandsOf(vector)}`;
      if (vector.loop === undefined) return [line];
      const inside = `${indent}  `;
      return [
        line,
        listing(schedules, vector.loop, inside),
        `${inside}next ${vector.loop.results.map(nameOf).join(" ")}`,
      ];
    })
    .join("\n");
}

function operandsOf({ index, kind, operands }: Vector): string {
  const names = operands.map(nameOf);
  const numbered =
    kind === "input" || kind === "result" || kind === "lookup" || kind === "shiftLeft" || kind === "shiftRight";
  return [...names, ...(numbered ? [index] : [])].join(" ");
}

function nameOf({ bits, id, index, kind }: Vector): string {
  if (kind === "uniform") return `frontier${index}`;
  if (kind !== "constant") return `%${id}`;
  const value = numberOf(bits);
  return Number.isNaN(value) ? `0x${bits.toString(16)}` : String(value);
}
