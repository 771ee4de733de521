import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Cell, ChartSpec } from "../api/shapes";
import { formatTick } from "../ui/format";
import { categoryFormat, type Mark, marksOf, truncate } from "./marks";
import { hoveredRow, PlotTooltip } from "./PlotTooltip";

const TICK = { fontSize: 12, fill: "var(--muted)" };
const LABEL_LENGTH = 24;

/** Lines, areas and bars, alone or mixed, upright or lying. */
export function CartesianPlot({ spec }: { spec: ChartSpec }) {
  const { xAxis, isHorizontal: lies = false, isStacked: isStacked = false } = spec.config;
  const marks = marksOf(spec);
  const category = categoryFormat(spec);
  const count = spec.data.length;
  return (
    <ResponsiveContainer width="100%" height={lies ? lyingHeight(count, marks, isStacked) : 300}>
      <ComposedChart
        data={[...spec.data]}
        layout={lies ? "vertical" : "horizontal"}
        margin={{ top: 8, right: lies ? 24 : 8, bottom: 0, left: 0 }}
        barCategoryGap={lies ? "24%" : "20%"}
        barGap={2}
        maxBarSize={56}
        accessibilityLayer={false}
      >
        <CartesianGrid stroke="var(--grid)" vertical={lies} horizontal={!lies} />
        {lies ? lyingAxes(spec, marks) : uprightAxes(spec, marks)}
        <Tooltip
          cursor={{ fill: "var(--hover)", stroke: "var(--line-strong)" }}
          isAnimationActive={false}
          content={(hover) => {
            const row = hoveredRow(hover);
            const title = row ? category.full(row[xAxis.dataKey] ?? null) : "";
            return row && <PlotTooltip title={title} marks={marks} row={row} />;
          }}
        />
        {marks.map((mark, i) => drawMark(mark, { isStacked, lies, isTop: i === marks.length - 1 }))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function lyingHeight(count: number, marks: Mark[], isStacked: boolean): number {
  const bars = isStacked ? 1 : marks.length;
  return Math.max(120, count * (14 + 18 * bars) + 40);
}

function uprightAxes(spec: ChartSpec, marks: Mark[]) {
  const { xAxis } = spec.config;
  const category = categoryFormat(spec);
  const second = marks.find(({ axis }) => axis === 1);
  return [
    <XAxis
      key="x"
      dataKey={xAxis.dataKey}
      tick={TICK}
      tickLine={false}
      tickMargin={8}
      axisLine={{ stroke: "var(--line-strong)" }}
      minTickGap={20}
      interval={spec.data.length <= 8 ? 0 : "preserveStartEnd"}
      tickFormatter={(value: Cell) => truncate(category.tick(value), spec.data.length <= 8 ? 14 : 18)}
    />,
    valueAxis("left", marks[0]),
    second && valueAxis("right", second),
  ];
}

function valueAxis(side: "left" | "right", mark: Mark | undefined) {
  return (
    <YAxis
      key={side}
      yAxisId={side}
      orientation={side}
      tick={TICK}
      tickLine={false}
      axisLine={false}
      width="auto"
      tickFormatter={(value: Cell) => formatTick(value, mark?.format)}
    />
  );
}

function lyingAxes(spec: ChartSpec, marks: Mark[]) {
  const { dataKey } = spec.config.xAxis;
  const { full } = categoryFormat(spec);
  const labels = spec.data.map((row) => truncate(full(row[dataKey] ?? null), LABEL_LENGTH));
  const longest = Math.max(4, ...labels.map((label) => label.length));
  return [
    <XAxis
      key="x"
      type="number"
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
      tick={{ ...TICK, fill: "var(--text)" }}
      tickLine={false}
      axisLine={false}
      interval={0}
      width={longest * 7 + 12}
      tickFormatter={(value: Cell) => truncate(full(value), LABEL_LENGTH)}
    />,
  ];
}

interface Layout {
  isStacked: boolean;
  lies: boolean;
  isTop: boolean;
}

function drawMark(mark: Mark, { isStacked, lies, isTop }: Layout) {
  const { dataKey, name, color, isPrevious } = mark;
  const shared = {
    dataKey,
    name,
    isAnimationActive: false,
    yAxisId: mark.axis === 1 && !lies ? "right" : "left",
    ...(isStacked ? { stackId: "all" } : {}),
  };
  const dash = isPrevious ? { strokeDasharray: "4 4", strokeOpacity: 0.65 } : {};
  switch (mark.kind) {
    case "bar": {
      const end: [number, number, number, number] = lies ? [0, 4, 4, 0] : [4, 4, 0, 0];
      const radius = !isStacked || isTop ? end : 0;
      const opacity = isPrevious ? 0.4 : 1;
      return <Bar key={dataKey} {...shared} fill={color} fillOpacity={opacity} radius={radius} />;
    }
    case "area":
      return (
        <Area
          key={dataKey}
          {...shared}
          {...dash}
          type="monotone"
          stroke={color}
          strokeWidth={2}
          fill={color}
          fillOpacity={isStacked ? 0.5 : isPrevious ? 0 : 0.14}
        />
      );
    default:
      return (
        <Line
          key={dataKey}
          {...shared}
          {...dash}
          type="monotone"
          stroke={color}
          strokeWidth={2}
          dot={false}
          activeDot={{ r: 4 }}
        />
      );
  }
}
