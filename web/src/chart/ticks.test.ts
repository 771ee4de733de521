import { expect, test } from "vitest";
import type { Row } from "./marks";
import { axisTicks, niceTicks } from "./ticks";

test.each([
  [18423, true, [0, 5000, 10000, 15000, 20000]],
  [2200, true, [0, 1000, 2000, 3000]],
  [0.038, false, [0, 0.01, 0.02, 0.03, 0.04]],
  [3, true, [0, 1, 2, 3]],
  [1, true, [0, 1]],
  [100, true, [0, 25, 50, 75, 100]],
])("up to %d (whole: %s) the ticks are %j", (largest, isWhole, expected) => {
  expect(niceTicks(largest, 0, isWhole)).toEqual(expected);
});

test("negative values and an all-zero chart keep the chart's own scale", () => {
  expect(niceTicks(10, -5, true)).toBeNull();
  expect(niceTicks(0, 0, true)).toBeNull();
});

test("an axis reaches over all that hangs on it, one above the other where it is stacked", () => {
  const rows: Row[] = [{ a: 3, b: 4 }, { a: 1 }];
  const highest = (isStacked: boolean) =>
    axisTicks(rows, ["a", "b"], { isWhole: true, isStacked })?.at(-1);
  expect(highest(false)).toBe(4);
  expect(highest(true)).toBe(8);
});
