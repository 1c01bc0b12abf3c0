import { type Algebra, numbers } from "../../src/compiler/algebra.ts";

const { loop, sumOver, tabulated, ...operations } = numbers;

/**
 * Numbers that refuse whatever is not finite, also in the alternative that `selectLess` does not take: there a NaN or
 * an infinity spoils derivatives, and on a GPU the result.
 */
export const checkedNumbers: Algebra<number> = {
  ...(Object.fromEntries(
    Object.entries(operations).map(([name, operation]: [string, (...operands: number[]) => number]) => [
      name,
      (...operands: number[]) => {
        const result = operation(...operands);
        if (!Number.isFinite(result)) throw new Error(`${name}(${operands.join(", ")}) = ${result}`);
        return result;
      },
    ]),
  ) as unknown as Omit<Algebra<number>, "loop" | "sumOver" | "tabulated">),
  loop,
  sumOver,
  tabulated,
};
