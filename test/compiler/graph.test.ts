import { expect, test } from "vitest";
import { createGraph } from "../../src/compiler/graph.ts";
import { tracing } from "../../src/compiler/trace.ts";
import { run } from "./run-graph.ts";

const graph = createGraph();
const algebra = tracing(graph);
const { add, constant, div, mul, neg, pow, selectLess, sub } = algebra;
const p = graph.input("p", "call");
const q = graph.input("q", "call");
const x = graph.input("x", "point");

test("equal operations on equal operands are one node, in either order where that is the same", () => {
  expect(add(p, x)).toBe(add(x, p));
  expect(mul(p, q)).toBe(mul(q, p));
  expect(sub(p, x)).not.toBe(sub(x, p));
  expect(graph.input("p", "call")).toBe(p);
  expect(constant(-0)).not.toBe(constant(0));
  expect(constant(Number.NaN)).toBe(constant(Number.NaN));
});

test("what needs no computation is not computed", () => {
  const zero = constant(0);
  expect(mul(constant(3), add(constant(1), constant(4)))).toBe(constant(15));
  expect([
    add(x, zero),
    sub(x, zero),
    mul(constant(1), x),
    div(x, constant(1)),
    neg(neg(x)),
    pow(x, constant(1)),
  ]).toEqual(Array(6).fill(x));
  expect([sub(x, x), mul(x, zero), div(zero, x)]).toEqual([zero, zero, zero]);
  expect(add(x, neg(p))).toBe(sub(x, p));
  expect(neg(sub(x, p))).toBe(sub(p, x));
  expect(mul(neg(x), p)).toBe(neg(mul(x, p)));
  expect(selectLess(p, q, x, x)).toBe(x);
  expect(selectLess(constant(1), constant(2), p, q)).toBe(p);
  expect(selectLess(p, q, selectLess(p, q, x, p), q)).toBe(selectLess(p, q, x, q));
});

test("a node is of the latest rate of its operands", () => {
  expect(mul(p, q).rate).toBe("call");
  expect(mul(mul(p, q), x).rate).toBe("point");
  expect(mul(constant(2), constant(3)).rate).toBe("constant");
});

test("a loop carries what changes, at the rate it changes with, and computes the rest before", () => {
  const [sum, power, kept] = algebra.loop(p, [x, constant(1), q], ([s, t, u], i) => [
    add(s, mul(t, mul(mul(p, q), u))),
    mul(t, add(i, p)),
    u,
  ]);
  expect(kept).toBe(q);
  if (sum.op !== "result" || power.op !== "result") throw new Error("results expected");
  const { loop } = sum;
  expect(power.loop).toBe(loop);
  expect(loop.state.map(({ rate }) => rate)).toEqual(["point", "call"]);
  expect(loop.captured).toContain(mul(mul(p, q), q));
  expect(loop.operands).toEqual([loop.count, ...loop.initial, ...loop.captured]);
  expect([loop.depth, sum.depth, loop.next[0].depth]).toEqual([0, 0, 1]);
});

test("equal loops are one loop", () => {
  const twice = [0, 1].map(() => algebra.loop(p, [x], ([s], i) => [mul(s, add(i, q))])[0]);
  expect(twice[0]).toBe(twice[1]);
});

test("a fractional number of steps is rounded up, and none is none", () => {
  const [count] = algebra.loop(p, [constant(0)], ([s]) => [add(s, constant(1))]);
  expect([0, -3, 0.2, 1, 9.5].map((steps) => run([count], [p], [steps])[0])).toEqual([0, 0, 1, 1, 10]);
  expect(algebra.loop(constant(2.5), [constant(0)], ([s]) => [add(s, constant(1))])[0]).toBe(constant(3));
});

test("a number of steps that depends on the position is refused", () => {
  expect(() => algebra.loop(x, [p], ([s]) => [mul(s, s)])).toThrow(RangeError);
});
