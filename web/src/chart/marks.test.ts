import { expect, test } from "vitest";
import type { ChartSpec } from "../api/shapes";
import { CHART } from "../testing/samples";
import { categoryFormat, marksOf } from "./marks";

const withSeries = (series: ChartSpec["config"]["series"]): ChartSpec => ({
  ...CHART,
  config: { ...CHART.config, series },
});

test("the earlier period shares the colour of what it is compared with", () => {
  const [now, before] = marksOf(
    withSeries([
      { dataKey: "sessions", name: "Sessions" },
      { dataKey: "sessions_previous", name: "Before" },
    ]),
  );
  expect(before?.color).toBe(now?.color);
  expect(before).toMatchObject({ isPrevious: true, opacity: 0.45 });
});

test("a colour the chart names is kept as it is", () => {
  const [mark] = marksOf(withSeries([{ dataKey: "a_previous", name: "A", color: "#8b939c" }]));
  expect(mark).toMatchObject({ color: "#8b939c", opacity: 1 });
});

test("a series in another unit gets the other axis", () => {
  const marks = marksOf(
    withSeries([
      { dataKey: "revenue", name: "Revenue", format: "usd" },
      { dataKey: "rate", name: "Rate", format: "percent", type: "line" },
    ]),
  );
  expect(marks.map(({ axis, kind }) => [axis, kind])).toEqual([
    [0, "bar"],
    [1, "line"],
  ]);
});

test("dates along the axis read by their grain", () => {
  const spec: ChartSpec = {
    ...CHART,
    data: [{ period: "2026-09-01" }, { period: "2026-10-01" }],
    config: { ...CHART.config, xAxis: { dataKey: "period", type: "date" } },
  };
  expect(categoryFormat(spec).tick("2026-10-01")).toBe("Oct 2026");
});
