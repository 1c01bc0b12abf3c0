import type { CredibleInterval } from "./content.ts";

/*
 * Numbers as papers print them: the larger error has two digits, and all have as many decimals.
 */

const MINUS = "−";
const MOST_DECIMALS = 12;

/** Beyond them a number is given with a power of ten. */
const [SMALLEST, LARGEST] = [1e-4, 1e6];

/** A number to so many digits; a dash for none. */
export function numberText(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < SMALLEST || size >= LARGEST)
      ? powerText(value, digits - 1)
      : value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size || 1))));
  return text.replace(/^-/, MINUS);
}

/** A whole number, thousands set apart by a space that no line breaks at. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** `1.4003 ± 0.0021`, or with both errors where they differ in the digits shown. */
export function intervalText(interval: CredibleInterval): string {
  const { value, error, power } = intervalParts(interval);
  if (error === "") return value;
  return power === "" ? `${value} ${error}` : `(${value} ${error})${power}`;
}

/** The parts of `intervalText`: the median, its errors with their signs, and a power of ten or nothing. */
export function intervalParts({ median, lower, upper }: CredibleInterval) {
  const errors = [upper - median, median - lower];
  const largest = Math.max(...errors.map(Math.abs));
  // Nor has what is given errors.
  if (![median, ...errors].every(Number.isFinite) || largest === 0)
    return { value: numberText(median), error: "", power: "" };
  const size = Math.max(Math.abs(median), largest);
  const exponent = size !== 0 && (size < SMALLEST || size >= LARGEST) ? Math.floor(Math.log10(size)) : 0;
  const scale = 10 ** exponent;
  const decimals = decimalsFor(largest / scale, 2);
  const fixed = (value: number) => (value / scale).toFixed(decimals).replace(/^-/, MINUS);
  const [above, below] = errors.map(fixed);
  const error = above === below ? `± ${above}` : `+${above} ${below.startsWith(MINUS) ? "" : MINUS}${below}`;
  return { value: fixed(median), error, power: exponent === 0 ? "" : ` × 10${superscript(exponent)}` };
}

/** A value with as many decimals as stand in an interval of it. */
export function besideInterval(value: number | null, { median, lower, upper }: CredibleInterval): string {
  const half = (upper - lower) / 2;
  if (value === null || !(half > 0)) return numberText(value, 6);
  const size = Math.abs(median);
  if (size < SMALLEST || size >= LARGEST)
    return numberText(value, 2 + Math.max(1, Math.floor(Math.log10(size / half) + 1)));
  return value.toFixed(decimalsFor(half, 2)).replace(/^-/, MINUS);
}

/** A number as it was written. */
export function plainText(value: number): string {
  return String(value).replace(/-/g, MINUS);
}

/** Both ends of a range, to the digits that tell them apart. */
export function rangeText(lower: number, upper: number): string {
  const size = Math.max(Math.abs(lower), Math.abs(upper));
  if (!Number.isFinite(size) || size < SMALLEST || size >= LARGEST)
    return `${numberText(lower)} … ${numberText(upper)}`;
  const decimals = decimalsFor(upper - lower, 3);
  return [lower, upper].map((value) => value.toFixed(decimals).replace(/^-/, MINUS)).join(" … ");
}

/** Seconds as a person says them. */
export function durationText(seconds: number): string {
  if (seconds < 1) return `${numberText(1000 * seconds, 3)} ms`;
  if (seconds < 100) return `${numberText(seconds, 3)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `galaxies.lens.mass.einstein_radius` in arcseconds: `lens.mass.einstein_radius ["]`. */
export function parameterLabel(path: string, unit: string): string {
  return `${path.replace(/^galaxies\./, "")}${unitText(unit)}`;
}

/** A derived quantity by its name: words, or a path. */
export function quantityLabel(name: string): string {
  if (name.includes(".")) return name.replace(/^galaxies\./, "");
  return name.replaceAll("_", " ").replace("einstein", "Einstein").replace("b sie", "b_SIE");
}

/** A unit in brackets, behind what it is the unit of. */
export function unitText(unit: string): string {
  const symbol = unitSymbol(unit).trim();
  return symbol === "" ? "" : ` [${symbol}]`;
}

export function unitSymbol(unit: string): string {
  if (unit === "arcsec") return '"';
  if (unit === "none" || unit === "") return "";
  return unit === "deg" ? "°" : ` ${unit.replace("solar_mass", "M☉")}`;
}

function decimalsFor(value: number, digits: number): number {
  const magnitude = value > 0 && Number.isFinite(value) ? Math.floor(Math.log10(value)) : 0;
  return Math.min(MOST_DECIMALS, Math.max(0, digits - 1 - magnitude));
}

function powerText(value: number, decimals: number): string {
  const [mantissa, exponent] = value.toExponential(decimals).split("e");
  return `${mantissa} × 10${superscript(Number(exponent))}`;
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((digit) => (digit === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])).join("");
}
