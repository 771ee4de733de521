import { XAxis, YAxis } from "recharts";
import type { Cell, ChartSpec } from "../api/shapes";
import { formatTick } from "../ui/format";
import { FootTick, SideTick } from "./CategoryTick";
import { bandOf, categoryFormat, type Mark, truncate } from "./marks";
import { axisTicks } from "./ticks";

export const TICK = { fontSize: 12, fill: "var(--muted)" };
const LABEL_LENGTH = 24;
const NAMED_CATEGORIES = 16;

export function uprightAxes(spec: ChartSpec, marks: Mark[]) {
  const { xAxis } = spec.config;
  const category = categoryFormat(spec);
  const areNamed = xAxis.type !== "date" && spec.data.length <= NAMED_CATEGORIES;
  return [
    <XAxis
      key="x"
      dataKey={xAxis.dataKey}
      tickLine={false}
      tickMargin={8}
      axisLine={{ stroke: "var(--line-strong)" }}
      minTickGap={20}
      {...(areNamed
        ? { tick: FootTick, interval: 0, height: 56 }
        : { tick: TICK, interval: "equidistantPreserveStart" as const })}
      tickFormatter={(value: Cell) => truncate(category.tick(value), LABEL_LENGTH)}
    />,
    valueAxis(spec, marks, 0),
    marks.some(({ axis }) => axis === 1) && valueAxis(spec, marks, 1),
  ];
}

/** Of bars that lie: names at the side, and values below unless they stand at the bars. */
export function lyingAxes(spec: ChartSpec, marks: Mark[], hasValues: boolean) {
  const { dataKey } = spec.config.xAxis;
  const { full } = categoryFormat(spec);
  const labels = spec.data.map((row) => truncate(full(row[dataKey] ?? null), LABEL_LENGTH));
  const longest = Math.max(4, ...labels.map((label) => label.length));
  return [
    <XAxis
      key="x"
      type="number"
      // Values written at the bars make the scale below them say the same thing twice.
      hide={hasValues}
      {...scale(spec, marks)}
      tick={TICK}
      tickLine={false}
      axisLine={false}
      tickFormatter={(value: Cell) => formatTick(value, marks[0]?.format)}
    />,
    <YAxis
      key="y"
      yAxisId="left"
      type="category"
      dataKey={dataKey}
      tick={SideTick}
      tickLine={false}
      axisLine={false}
      interval={0}
      width={longest * 7.2 + 12}
      tickFormatter={(value: Cell) => truncate(full(value), LABEL_LENGTH)}
    />,
  ];
}

function valueAxis(spec: ChartSpec, marks: Mark[], axis: 0 | 1) {
  const hung = marks.filter((mark) => mark.axis === axis);
  const side = axis === 0 ? "left" : "right";
  return (
    <YAxis
      key={side}
      yAxisId={side}
      {...scale(spec, hung)}
      orientation={side}
      tick={TICK}
      tickLine={false}
      axisLine={false}
      width="auto"
      tickFormatter={(value: Cell) => formatTick(value, hung[0]?.format)}
    />
  );
}

function scale(spec: ChartSpec, marks: Mark[]) {
  const band = bandOf(spec);
  const keys = marks.map(({ dataKey }) => dataKey);
  const drawn = band ? [...keys, band.high, band.low] : keys;
  const isWhole = marks.every(({ format }) => format === "integer");
  const ticks = axisTicks(spec.data, drawn, { isWhole, isStacked: spec.config.isStacked ?? false });
  return ticks ? { ticks, domain: [0, ticks.at(-1) ?? 0] } : {};
}
