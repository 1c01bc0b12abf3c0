import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { compiledOptics } from "../../src/lens/compiled-mapping.ts";
import type { MassComponent } from "../../src/lens/galaxy.ts";
import { lensMapping, localMapping, traceOf } from "../../src/lens/lens-mapping.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { imageOf } from "../../src/lens/trace-rays.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";
import type { MassProfile } from "../../src/profiles/profile.ts";
import { draw, valuesOf } from "../compiler/profile-cases.ts";

const optics = compiledOptics();

/** Two models of one kind, so that the second uses what was compiled for the first. */
describe.each([...massProfiles.values()].map((profile) => [profile.name, profile] as const))("%s", (name, profile) => {
  test("is mapped as number by number, in front of another mass and twice", () => {
    for (const { parameters, positions } of draw(name, profile.parameters, 2, 5)) {
      const shear = {
        profile: massProfiles.get("ExternalShear") as MassProfile,
        values: { gamma1: 0.1, gamma2: -0.2 },
      };
      const mass: MassComponent = { profile, values: valuesOf(profile.parameters, parameters) };
      const planes = lensPlanes([
        { name: "near", redshift: 0.4, masses: [mass, shear], lights: [] },
        { name: "far", redshift: 0.8, masses: [shear], lights: [] },
        { name: "source", redshift: 1.5, masses: [], lights: [] },
      ]);
      for (const redshift of [undefined, 0.8]) {
        const [plain, compiled] = [lensMapping(planes, redshift), optics.mapping(planes, redshift)];
        for (const position of positions) {
          const [expected, found] = [localMapping(plain)(position), localMapping(compiled)(position)];
          const traced = traceOf(compiled)(position);
          // Tabulated profiles are interpolated to 1e-9; deflections are up to some arcseconds or, for steep ones, more.
          const scale = 1 + Math.hypot(...expected.source);
          expected.source.forEach((value, i) => {
            expect(Math.abs(found.source[i] - value) / scale).toBeLessThan(1e-8);
            expect(Math.abs(traced[i] - value) / scale).toBeLessThan(1e-8);
          });
          const slopes = 1 + Math.hypot(...expected.jacobian);
          expected.jacobian.forEach((value, i) => {
            expect(Math.abs(found.jacobian[i] - value) / slopes).toBeLessThan(1e-6);
          });
        }
      }
    }
  });
});

test.each([...lightProfiles.values()].map((profile) => [profile.name, profile] as const))(
  "light of %s",
  (name, profile) => {
    for (const { parameters, positions } of draw(name, profile.parameters, 2, 5)) {
      const light = { profile, values: valuesOf(profile.parameters, parameters) };
      const at = optics.intensity([light, light]);
      for (const position of positions) {
        const expected = 2 * profile.intensity(numbers, position, light.values);
        expect(imageOf([light, light], Float64Array.from(position))[0]).toBe(expected);
        expect(Math.abs(at(position) - expected)).toBeLessThan(1e-10 * (1 + Math.abs(expected)));
      }
    }
  },
);
