import {
  CartesianGrid,
  ComposedChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
} from "recharts";
import type { ChartSpec } from "../api/shapes";
import { formatTick, formatValue } from "../ui/format";
import { AxisNames } from "./AxisNames";
import { lyingAxes, uprightAxes } from "./axes";
import { drawBand, drawMark } from "./drawMark";
import { bandOf, categoryFormat, type Mark, marksOf } from "./marks";
import { hoveredRow, PlotTooltip } from "./PlotTooltip";
import { reachOf } from "./ValueLabel";

const DOTTED_POINTS = 14;
const LABELLED_BARS = { lying: 24, upright: 12 };

/** Lines, areas and bars, alone or mixed, upright or lying. */
export function CartesianPlot({ spec }: { spec: ChartSpec }) {
  const { xAxis, isHorizontal: lies = false, isStacked = false } = spec.config;
  const marks = marksOf(spec);
  const band = bandOf(spec);
  const category = categoryFormat(spec);
  const count = spec.data.length;
  const isLabelled = isLabelledIn(spec, marks);
  const hasValues = isLabelled && !isStacked;
  return (
    <AxisNames spec={spec}>
      <ResponsiveContainer width="100%" height={lies ? lyingHeight(count, marks, isStacked) : 300}>
        <ComposedChart
          data={[...spec.data]}
          layout={lies ? "vertical" : "horizontal"}
          margin={marginOf(spec, marks, hasValues)}
          barCategoryGap={lies ? "24%" : "20%"}
          barGap={2}
          maxBarSize={56}
          accessibilityLayer={false}
        >
          {!(lies && hasValues) && (
            <CartesianGrid yAxisId="left" stroke="var(--grid)" vertical={lies} horizontal={!lies} />
          )}
          {lies ? lyingAxes(spec, marks, hasValues) : uprightAxes(spec, marks)}
          <Tooltip
            cursor={{ fill: "var(--hover)", stroke: "var(--line-strong)" }}
            isAnimationActive={false}
            content={(hover) => {
              const row = hoveredRow(hover);
              const title = row ? category.full(row[xAxis.dataKey] ?? null) : "";
              return row && <PlotTooltip title={title} marks={marks} band={band} row={row} />;
            }}
          />
          {hasNegative(spec, marks) && (
            <ReferenceLine
              {...(lies ? { x: 0 } : { y: 0 })}
              yAxisId="left"
              stroke="var(--line-strong)"
            />
          )}
          {band && drawBand(band)}
          {marks.map((mark, i) =>
            drawMark(mark, {
              rows: spec.data,
              isStacked,
              lies,
              isLabelled,
              isDotted: count <= DOTTED_POINTS || isLabelled,
              isTop: i === marks.length - 1,
            }),
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </AxisNames>
  );
}

/** With bars on both sides of it, where zero is has to be seen. */
function hasNegative({ data }: ChartSpec, marks: Mark[]): boolean {
  return marks.some(({ dataKey }) => data.some((row) => Number(row[dataKey] ?? 0) < 0));
}

/** Whether numbers stand at the marks: as was wished, or else where bars have room for them. */
function isLabelledIn({ config, data }: ChartSpec, marks: Mark[]): boolean {
  const room = config.isHorizontal ? LABELLED_BARS.lying : LABELLED_BARS.upright;
  const isRoomy = marks.length === 1 && marks[0]?.kind === "bar" && data.length <= room;
  return config.hasLabels ?? isRoomy;
}

/** Room for what sticks out: values at the ends of bars, half a date at the right edge. */
function marginOf(spec: ChartSpec, marks: Mark[], hasValues: boolean) {
  const base = { top: 8, right: 24, bottom: 0, left: 0 };
  const isTwoSided = marks.some(({ axis }) => axis === 1);
  const right = isTwoSided ? 8 : base.right;
  if (!hasValues) return { ...base, right };
  const write = spec.config.isHorizontal ? formatValue : formatTick;
  const texts = marks.flatMap(({ dataKey, format }) =>
    spec.data.map((row) => write(row[dataKey], format)),
  );
  if (spec.config.isHorizontal) return { ...base, right: 10 + reachOf(texts) };
  // Between many bars the numbers are turned, and stand as high as they are long.
  const isTight = marks.length * spec.data.length > LABELLED_BARS.upright;
  return { ...base, right, top: isTight ? 8 + reachOf(texts) : 22 };
}

function lyingHeight(count: number, marks: Mark[], isStacked: boolean): number {
  const bars = isStacked ? 1 : marks.length;
  return Math.max(96, count * (14 + 18 * bars) + 32);
}
