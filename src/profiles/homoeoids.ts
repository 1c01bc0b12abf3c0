import type { Algebra } from "../compiler/algebra.ts";
import { formula } from "../compiler/formula.ts";
import { circularize, type Ellipse, squaredLength } from "./elliptical.ts";
import type { Pair } from "./parameter.ts";
import { gaussLegendre } from "./quadrature.ts";

/*
 * The lensing of any convergence that is constant on similar ellipses, kappa(r^2) with r^2 = q x'^2 + y'^2 / q.
 *
 * Such a mass is a pile of thin elliptical shells, homoeoids, each of which deflects outside of it as the confocal one
 * through the position does, and not at all inside (Bourassa & Kantowski 1975; Schramm 1990, A&A 231, 19, writes the
 * integral over the confocal ellipses). Their semi-axes are taken here as Joukowski's transformation has them,
 * (1 + f v, 1 - f v) / sqrt v with v from 0 to 1, where Schramm's u is (1 + f)^2 / (1 + f v)^2 v. That leaves neither roots
 * nor angles, is smooth through zero ellipticity, and keeps the integrand's poles at |v| = 1 / f. With z = x + i y, the
 * ellipticity e of `elliptical.ts`, P = z - v e conj(z), G = P - v e conj(P) and d = 1 - f^2 v^2,
 *
 *   r_v^2 = (1 - f^2) v |P|^2 / d^2
 *   alpha = (1 - f^2) int_0^1 kappa(r_v^2) G / d^2 dv
 *   psi   = (1 - f^2) / 2 int_0^1 -ln(v) kappa(r_v^2) |G|^2 / d^3 dv
 *
 * the last by parts from the integral over the mean convergence, with d(r_v^2)/dv = (1 - f^2) |G|^2 / d^3. Derived here.
 */

/**
 * Nodes crowded at v = 0, v = t^8, where the centre of the mass is: a cusp r^(1/n) becomes t^(4/n). How far kappa is
 * from 1/2 div alpha and alpha from grad psi, relative, from 1e-4 to 1e3 scale radii: for q >= 0.2 NFW 6e-12, Sersic
 * indices 1 to 4 2e-13, 10 2e-9, Gaussian 1e-10; at q = 0.05, where the poles are near, 2e-7 for cusps, 8e-6 for cores.
 */
const NODES = gaussLegendre(48).map(([t, weight]) => [t ** 8, 8 * t ** 7 * weight, -8 * Math.log(t)]);

/** A mass whose convergence is a function of the squared radius r^2 = q x'^2 + y'^2 / q. */
export interface EllipticalMass<T> {
  readonly ellipse: Ellipse<T>;
  /** kappa of r^2, which is zero at the centre. */
  readonly convergence: (squaredRadius: T) => T;
  /** The r^2 beyond which there is no mass to speak of; without it far-away nodes would all miss a steep profile. */
  readonly reach?: T | undefined;
}

/** alpha at an offset (y, x) from the centre, arcseconds. */
export function deflectionOf<T>(algebra: Algebra<T>, from: Pair<T>, mass: EllipticalMass<T>): Pair<T> {
  const f = formula(algebra);
  const { ellipse, convergence } = mass;
  const end = lastShell(algebra, from, mass);
  const [y, x] = algebra.sumOver(NODES, ([node, weight]) => {
    const { squaredRadius, gradient, inverse } = shell(algebra, from, ellipse, f`${end} * ${node}`);
    const factor = f`${weight} * ${convergence(squaredRadius)} * ${inverse} * ${inverse}`;
    return [f`${factor} * ${gradient[0]}`, f`${factor} * ${gradient[1]}`];
  });
  const scale = f`(1 - ${ellipse.squared}) * ${end}`;
  return [f`${scale} * ${y}`, f`${scale} * ${x}`];
}

/** psi at an offset (y, x) from the centre, arcseconds squared; 0 at the centre. */
export function potentialOf<T>(algebra: Algebra<T>, from: Pair<T>, mass: EllipticalMass<T>): T {
  const f = formula(algebra);
  const { ellipse, convergence } = mass;
  const end = lastShell(algebra, from, mass);
  const fromEnd = f`log(${end})`;
  const [sum] = algebra.sumOver(NODES, ([node, weight, minusLog]) => {
    const { squaredRadius, gradient, inverse } = shell(algebra, from, ellipse, f`${end} * ${node}`);
    const kappa = f`${weight} * (${minusLog} - ${fromEnd}) * ${convergence(squaredRadius)}`;
    return [f`${kappa} * ${squaredLength(algebra, gradient)} * ${inverse} * ${inverse} * ${inverse}`];
  });
  return f`0.5 * (1 - ${ellipse.squared}) * ${end} * ${sum}`;
}

/** r_v^2, G and 1 / d of the shell v. */
function shell<T>(algebra: Algebra<T>, from: Pair<T>, { ellComps: [e0, e1], squared }: Ellipse<T>, v: T) {
  const f = formula(algebra);
  const rounder: Ellipse<T> = { ellComps: [f`${v} * ${e0}`, f`${v} * ${e1}`], squared: f`${v} * ${v} * ${squared}` };
  const circular = circularize(algebra, from, rounder);
  const inverse = f`1 / (1 - ${rounder.squared})`;
  const squaredRadius = f`(1 - ${squared}) * ${v} * ${squaredLength(algebra, circular)} * ${inverse} * ${inverse}`;
  return { squaredRadius, gradient: circularize(algebra, circular, rounder), inverse };
}

/** The v by which all of the mass is inside: r_v^2 is at least (1 - f^2) v |z|^2 / 4. */
function lastShell<T>(algebra: Algebra<T>, from: Pair<T>, { ellipse, reach }: EllipticalMass<T>): T {
  const f = formula(algebra);
  if (reach === undefined) return algebra.constant(1);
  const needed = f`4 * ${reach}`;
  const squared = f`(1 - ${ellipse.squared}) * ${squaredLength(algebra, from)}`;
  return f`selectLess(${squared}, ${needed}, 1, ${needed} / selectLess(${squared}, ${needed}, ${needed}, ${squared}))`;
}
