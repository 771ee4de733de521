import { expect, test } from "vitest";
import {
  formatBytes,
  formatDate,
  formatDateTick,
  formatDuration,
  formatRange,
  formatTick,
  formatValue,
  grainOf,
} from "./format";

test.each([
  [1234567, "integer", "1,234,567"],
  [0.1234, "percent", "12.3%"],
  [0.25, "percent", "25.0%"],
  [0.00354, "percent", "0.35%"],
  [6628, "usd", "$6,628"],
  [1234.5, "usd", "$1,234.50"],
  [42, "seconds", "42 s"],
  [119.6, "seconds", "2 min 0 s"],
  [4000, "seconds", "1 h 6 min"],
  [3.14159, "decimal", "3.14"],
  ["2026-11-21", "date", "Nov 21, 2026"],
  [null, "integer", "–"],
  [Number.NaN, "integer", "–"],
  ["Direct", "text", "Direct"],
] as const)("%j as %s reads %s", (value, format, expected) => {
  expect(formatValue(value, format)).toBe(expected);
});

test.each([
  [18423, "integer", "18.4K"],
  [0.1234, "percent", "12.3%"],
  [84211, "usd", "$84.2K"],
] as const)("a tick of %j as %s reads %s", (value, format, expected) => {
  expect(formatTick(value, format)).toBe(expected);
});

test.each([
  ["week", "Week of Nov 16, 2026"],
  ["month", "Nov 2026"],
  ["quarter", "Q4 2026"],
  ["year", "2026"],
  [null, "Nov 16, 2026"],
] as const)("a date at the grain %s reads %s", (grain, expected) => {
  expect(formatDate("2026-11-16", grain)).toBe(expected);
});

test("a day on an axis has no year", () => {
  expect(formatDateTick("2026-11-16", "day")).toBe("Nov 16");
  expect(formatDateTick("(not set)", "day")).toBe("(not set)");
});

test.each([
  [["2026-11-01", "2026-11-02"], "day"],
  [["2026-11-02", "2026-11-09"], "week"],
  [["2026-01-01", "2026-02-01", "2026-03-01"], "month"],
  [["2026-01-01", "2026-04-01"], "quarter"],
  [["2025-01-01", "2026-01-01"], "year"],
  [["2026-10-07", "2026-11-13"], "day"],
  [["2026-01-01"], null],
  [["Direct", 3], null],
] as const)("the grain of %j is %s", (values, expected) => {
  expect(grainOf(values)).toBe(expected);
});

test("sizes, durations and ranges are short", () => {
  expect(formatBytes(1_234_567)).toBe("1.2 MB");
  expect(formatBytes(12)).toBe("12 B");
  expect(formatDuration(0.2)).toBe("1 ms");
  expect(formatDuration(2400)).toBe("2.4 s");
  expect(formatRange("2026-10-23", "2026-11-21")).toBe("Oct 23 – Nov 21, 2026");
});
