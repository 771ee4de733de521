import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  LabelList,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Cell, ChartSpec } from "../api/shapes";
import { formatTick, formatValue } from "../ui/format";
import { FootTick, SideTick } from "./CategoryTick";
import { categoryFormat, type Mark, marksOf, truncate } from "./marks";
import { hoveredRow, PlotTooltip } from "./PlotTooltip";
import { axisTicks } from "./ticks";

const TICK = { fontSize: 12, fill: "var(--muted)" };
const LABEL_LENGTH = 24;
const NAMED_CATEGORIES = 16;
const DOTTED_POINTS = 14;
const LABELLED_BARS = { lying: 24, upright: 12 };

/** Lines, areas and bars, alone or mixed, upright or lying. */
export function CartesianPlot({ spec }: { spec: ChartSpec }) {
  const { xAxis, isHorizontal: lies = false, isStacked = false } = spec.config;
  const marks = marksOf(spec);
  const category = categoryFormat(spec);
  const count = spec.data.length;
  const room = lies ? LABELLED_BARS.lying : LABELLED_BARS.upright;
  const isLabelled = marks.length === 1 && marks[0]?.kind === "bar" && count <= room;
  return (
    <ResponsiveContainer width="100%" height={lies ? lyingHeight(count, marks, isStacked) : 300}>
      <ComposedChart
        data={[...spec.data]}
        layout={lies ? "vertical" : "horizontal"}
        margin={marginOf(spec, marks, isLabelled)}
        barCategoryGap={lies ? "24%" : "20%"}
        barGap={2}
        maxBarSize={56}
        accessibilityLayer={false}
      >
        {!(lies && isLabelled) && (
          <CartesianGrid yAxisId="left" stroke="var(--grid)" vertical={lies} horizontal={!lies} />
        )}
        {lies ? lyingAxes(spec, marks, isLabelled) : uprightAxes(spec, marks)}
        <Tooltip
          cursor={{ fill: "var(--hover)", stroke: "var(--line-strong)" }}
          isAnimationActive={false}
          content={(hover) => {
            const row = hoveredRow(hover);
            const title = row ? category.full(row[xAxis.dataKey] ?? null) : "";
            return row && <PlotTooltip title={title} marks={marks} row={row} />;
          }}
        />
        {marks.map((mark, i) =>
          drawMark(mark, {
            isStacked,
            lies,
            isLabelled,
            isDotted: count <= DOTTED_POINTS,
            isTop: i === marks.length - 1,
          }),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** Room for what sticks out: values at the ends of bars, half a date at the right edge. */
function marginOf(spec: ChartSpec, marks: Mark[], isLabelled: boolean) {
  const base = { top: 8, right: 24, bottom: 0, left: 0 };
  if (marks.some(({ axis }) => axis === 1)) return { ...base, right: 8 };
  if (!isLabelled) return base;
  if (!spec.config.isHorizontal) return { ...base, top: 22 };
  const labels = spec.data.map((row) => barLabel(row[marks[0]?.dataKey ?? ""], marks[0], true));
  return { ...base, right: 10 + 7.5 * Math.max(...labels.map((label) => label.length)) };
}

function barLabel(value: Cell | undefined, mark: Mark | undefined, lies: boolean): string {
  return lies ? formatValue(value, mark?.format) : formatTick(value, mark?.format);
}

function lyingHeight(count: number, marks: Mark[], isStacked: boolean): number {
  const bars = isStacked ? 1 : marks.length;
  return Math.max(96, count * (14 + 18 * bars) + 32);
}

function uprightAxes(spec: ChartSpec, marks: Mark[]) {
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
  const ticks = axisTicks(spec.data, marks, spec.config.isStacked ?? false);
  return ticks ? { ticks, domain: [0, ticks.at(-1) ?? 0] } : {};
}

function lyingAxes(spec: ChartSpec, marks: Mark[], isLabelled: boolean) {
  const { dataKey } = spec.config.xAxis;
  const { full } = categoryFormat(spec);
  const labels = spec.data.map((row) => truncate(full(row[dataKey] ?? null), LABEL_LENGTH));
  const longest = Math.max(4, ...labels.map((label) => label.length));
  return [
    <XAxis
      key="x"
      type="number"
      // Values written at the bars make the scale below them say the same thing twice.
      hide={isLabelled}
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

interface Layout {
  isStacked: boolean;
  lies: boolean;
  isLabelled: boolean;
  isDotted: boolean;
  isTop: boolean;
}

function drawMark(mark: Mark, layout: Layout) {
  const { isStacked, lies, isLabelled, isDotted, isTop } = layout;
  const { dataKey, name, color, isPrevious, opacity } = mark;
  const shared = {
    dataKey,
    name,
    isAnimationActive: false,
    yAxisId: mark.axis === 1 && !lies ? "right" : "left",
    ...(isStacked ? { stackId: "all" } : {}),
  };
  const dash = isPrevious ? { strokeDasharray: "4 4" } : {};
  switch (mark.kind) {
    case "bar": {
      const end: [number, number, number, number] = lies ? [0, 4, 4, 0] : [4, 4, 0, 0];
      const radius = !isStacked || isTop ? end : 0;
      return (
        <Bar key={dataKey} {...shared} fill={color} fillOpacity={opacity} radius={radius}>
          {isLabelled && (
            <LabelList
              position={lies ? "right" : "top"}
              fontSize={12}
              fill="var(--text)"
              formatter={(value) => barLabel(value as Cell, mark, lies)}
            />
          )}
        </Bar>
      );
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
          strokeOpacity={opacity}
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
          strokeOpacity={opacity}
          dot={isDotted ? { r: 2.5, fill: color, strokeWidth: 0 } : false}
          activeDot={{ r: 4 }}
        />
      );
  }
}
