import type { FoundArray } from "./inspect-arrays.ts";
import { type Role, visibilityCount } from "./inspect-roles.ts";

export interface ImagingGroup {
  readonly data: FoundArray;
  readonly noiseMap: FoundArray;
}

export interface InterferometerGroup {
  readonly visibilities: FoundArray;
  readonly noiseMap: FoundArray;
  readonly uvWavelengths: FoundArray;
}

/** Images with a noise map of the same shape, from one group each. */
export function imagingGroups(arrays: readonly FoundArray[]): ImagingGroup[] {
  return groupsOf(arrays).flatMap((group) => {
    const images = group.filter(({ role, shape, dtype }) => role === "data" && isImage(shape, dtype));
    return images.flatMap((data) => {
      const noiseMap = closest(
        data.called,
        group.filter(({ role, shape }) => role === "noise map" && same(shape, data.shape)),
      );
      return noiseMap === undefined ? [] : [{ data, noiseMap }];
    });
  });
}

/** Visibilities, their noise map and their baselines, at most one set from each group. */
export function interferometerGroups(arrays: readonly FoundArray[]): InterferometerGroup[] {
  return groupsOf(arrays).flatMap((group) => {
    const holding = (role: Role) =>
      shortestName(group.filter((array) => array.role === role && count(array) !== undefined));
    const uvWavelengths = holding("uv wavelengths");
    if (uvWavelengths === undefined || uvWavelengths.dtype === "c16") return [];
    const baselines = count(uvWavelengths);
    const matching = group.filter((array) => count(array) === baselines);
    const visibilities =
      shortestName(matching.filter(({ role }) => role === "visibilities")) ??
      shortestName(matching.filter(({ role }) => role === "data"));
    // One standard deviation for both parts of a visibility is common.
    const noises = group.filter(
      (array) => array.role === "noise map" && (count(array) === baselines || same(array.shape, [baselines!])),
    );
    const noiseMap = shortestName(noises);
    return visibilities === undefined || noiseMap === undefined ? [] : [{ visibilities, noiseMap, uvWavelengths }];
  });
}

function groupsOf(arrays: readonly FoundArray[]): FoundArray[][] {
  const withValues = arrays.filter(({ values }) => values !== undefined);
  const groups = new Set(withValues.map(({ group }) => group));
  return [...groups].map((name) => withValues.filter(({ group }) => group === name));
}

function count({ shape, dtype }: FoundArray): number | undefined {
  return visibilityCount(shape, dtype);
}

/** Two columns are visibilities rather than an image. */
function isImage(shape: readonly number[], dtype: string): boolean {
  return shape.length === 2 && visibilityCount(shape, dtype) === undefined;
}

/** `noise_map` rather than `noise_map_asym`: the plain name is the thing itself. */
function shortestName(arrays: readonly FoundArray[]): FoundArray | undefined {
  return arrays.toSorted((a, b) => a.called.length - b.called.length)[0];
}

/** The array whose name begins most like `name`: of several bands in one directory the same band. */
function closest(name: string, arrays: readonly FoundArray[]): FoundArray | undefined {
  const alike = (other: string) => {
    let length = 0;
    while (length < name.length && name[length] === other[length]) length++;
    return length;
  };
  return arrays.toSorted((a, b) => alike(b.called) - alike(a.called))[0];
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}
