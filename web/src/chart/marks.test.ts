import { expect, test } from "vitest";
import type { ChartSpec } from "../api/shapes";
import { CHART } from "../testing/samples";
import { bandOf, categoryFormat, marksOf } from "./marks";

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

const FORECAST: ChartSpec = {
  ...CHART,
  type: "line",
  data: [
    { period: "2026-10-05", actual: 10, forecast: null, low: null, high: null },
    { period: "2026-11-09", actual: null, forecast: 12, low: 8, high: 16 },
  ],
  config: {
    ...CHART.config,
    xAxis: { dataKey: "period", type: "date" },
    series: [
      { dataKey: "actual", name: "Sessions" },
      { dataKey: "forecast", name: "Forecast", color: "#d06010" },
      { dataKey: "low", name: "Range from" },
      { dataKey: "high", name: "Range to" },
    ],
  },
};

test("the edges of a forecast are one band, in the forecast's colour", () => {
  expect(bandOf(FORECAST)).toEqual({ low: "low", high: "high", name: "Range", color: "#d06010" });
  expect(marksOf(FORECAST).map(({ dataKey, isAhead }) => [dataKey, isAhead])).toEqual([
    ["actual", false],
    ["forecast", true],
  ]);
});

test("a lowest and a highest value without a forecast are lines like any other", () => {
  const series = FORECAST.config.series.filter(({ dataKey }) => dataKey !== "forecast");
  const spec = { ...FORECAST, config: { ...FORECAST.config, series } };
  expect(bandOf(spec)).toBeNull();
  expect(marksOf(spec)).toHaveLength(3);
});

test("days of a forecast are days, however far apart", () => {
  expect(categoryFormat(FORECAST).tick("2026-10-05")).toBe("Oct 5");
});
