import { expect, test } from "vitest";
import type { ChartSpec } from "../../api/shapes";
import { CHART } from "../../testing/samples";
import { titled, wishesFor } from "./wishes";

const OVER_TIME: ChartSpec = {
  ...CHART,
  type: "area",
  config: {
    ...CHART.config,
    isHorizontal: false,
    xAxis: { dataKey: "period", type: "date" },
    series: [
      { dataKey: "s1", name: "Mobile" },
      { dataKey: "s2", name: "Desktop" },
    ],
  },
};
const ROWS = Array.from({ length: 8 }, (_, i) => ({ channel: `C${i}`, sessions: i }));

const labels = (chart: ChartSpec) =>
  wishesFor(chart).flatMap(({ wishes }) => wishes.map(({ label }) => label));
const checked = (chart: ChartSpec) =>
  wishesFor(chart).flatMap(({ wishes }) =>
    wishes.filter(({ isChecked }) => isChecked).map(({ label }) => label),
  );

test("bars of groups can be sorted, cut, turned and drawn as a pie", () => {
  expect(labels({ ...CHART, data: ROWS })).toEqual([
    "Bars",
    "Pie",
    "Largest first",
    "Smallest first",
    "By name",
    "Top 3, the rest as Other",
    "Top 5, the rest as Other",
    "Upright bars",
    "Without numbers",
    "Colours safe for colour blindness",
  ]);
});

test("a series over time keeps its order", () => {
  expect(labels(OVER_TIME)).toEqual([
    "Bars",
    "Lines",
    "Areas",
    "With numbers",
    "Colours safe for colour blindness",
  ]);
});

test("bars in several parts are stacked, or set side by side again", () => {
  const chart: ChartSpec = { ...OVER_TIME, type: "bar" };
  expect(labels(chart)).toContain("Stacked");
  const stacked = { ...chart, config: { ...chart.config, isStacked: true } };
  expect(labels(stacked)).toContain("Side by side");
});

test("what the chart is like now is marked, and can be undone", () => {
  const chart: ChartSpec = { ...CHART, data: ROWS, edits: { sort: "name_a_to_z", top: 5 } };
  expect(checked(chart)).toEqual(["Bars", "By name", "Top 5, the rest as Other"]);
  expect(labels(chart).slice(-2)).toEqual(["Undo the last change", "As first drawn"]);
});

test("two periods beside each other are not stacked", () => {
  const series = [
    { dataKey: "a", name: "Now" },
    { dataKey: "a_previous", name: "Before" },
  ];
  expect(labels({ ...CHART, config: { ...CHART.config, series } })).not.toContain("Stacked");
});

test("a single number has nothing to change", () => {
  const stat = { value: 1, format: "integer", label: "Sessions" } as const;
  expect(wishesFor({ ...CHART, stat })).toEqual([]);
});

test("a title is quoted, so that it ends where it ends", () => {
  expect(titled('The "big" one')).toBe("change the title to \"The 'big' one\"");
});
