import { InputError } from "../errors.ts";
import { normal, randomState } from "../inference/rng.ts";

/** An array of antennas that follows a source across its meridian. */
export interface EarthRotation {
  readonly antennas: number;
  /** Between the two antennas that are farthest apart, wavelengths. */
  readonly longestBaseline: number;
  /** Of the source, degrees. */
  readonly declination: number;
  /** Of the array, degrees. */
  readonly latitude: number;
  /** Of hour angle, half of them before the meridian. */
  readonly hours: number;
  /** Visibilities that a baseline gives in that time. */
  readonly integrations: number;
}

const RADIANS = Math.PI / 180;

/**
 * The baselines of an array as the Earth turns it (Thompson, Moran & Swenson, Interferometry and Synthesis in Radio
 * Astronomy, section 4.1): for a baseline of components (X, Y, Z) toward hour angle 0 and -6 h on the equator and toward the
 * pole,
 *
 *   u = X sin H + Y cos H,     v = -X sin d cos H + Y sin d sin H + Z cos d
 *
 * at hour angle H and declination d. Antennas are on level ground, normal about the middle; their places are the same for
 * the same number of antennas.
 * @returns (antennas (antennas - 1) / 2 integrations, 2) u and v in wavelengths, integration by integration.
 * @throws InputError `simulate/horizon` where the source would be below the horizon.
 */
export function earthRotationBaselines(rotation: EarthRotation): Float64Array {
  const { latitude, declination, hours, integrations } = rotation;
  const [sinLatitude, cosLatitude] = [Math.sin(latitude * RADIANS), Math.cos(latitude * RADIANS)];
  const [sinDeclination, cosDeclination] = [Math.sin(declination * RADIANS), Math.cos(declination * RADIANS)];
  const lowest = sinLatitude * sinDeclination + cosLatitude * cosDeclination * Math.cos(7.5 * hours * RADIANS);
  if (!(lowest > 0)) {
    const what = `a source at declination ${declination} is below the horizon of latitude ${latitude} ${hours / 2} hours from the meridian`;
    throw new InputError("simulate/horizon", what, "give fewer hours or another declination");
  }
  const baselines = baselinesOnGround(rotation);
  const uv = new Float64Array(baselines.length * integrations);
  let next = 0;
  for (let k = 0; k < integrations; k++) {
    const hourAngle = 15 * hours * ((k + 0.5) / integrations - 0.5) * RADIANS;
    const [sin, cos] = [Math.sin(hourAngle), Math.cos(hourAngle)];
    for (let b = 0; b < baselines.length; b += 2) {
      const [east, north] = [baselines[b], baselines[b + 1]];
      const [x, y, z] = [-north * sinLatitude, east, north * cosLatitude];
      uv[next++] = x * sin + y * cos;
      uv[next++] = sinDeclination * (y * sin - x * cos) + z * cosDeclination;
    }
  }
  return uv;
}

/** East and north from one antenna to another, of every pair. */
function baselinesOnGround({ antennas, longestBaseline }: EarthRotation): Float64Array {
  const random = randomState(antennas);
  const places = Array.from({ length: antennas }, () => [normal(random), normal(random)]);
  const pairs = places.flatMap((a, i) => places.slice(i + 1).map((b) => [b[0] - a[0], b[1] - a[1]]));
  const longest = pairs.reduce((length, [east, north]) => Math.max(length, Math.hypot(east, north)), 0);
  return Float64Array.from(pairs.flat(), (component) => (component * longestBaseline) / longest);
}
