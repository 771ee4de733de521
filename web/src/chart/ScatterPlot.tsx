import {
  CartesianGrid,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Cell, ChartSpec } from "../api/shapes";
import { formatTick } from "../ui/format";
import { TICK } from "./axes";
import { type Mark, marksOf } from "./marks";
import { hoveredRow, PlotTooltip } from "./PlotTooltip";

/** One dot a row: how two metrics go together. */
export function ScatterPlot({ spec }: { spec: ChartSpec }) {
  const { xAxis, yAxis } = spec.config;
  const marks = marksOf(spec);
  const across: Mark = {
    dataKey: xAxis.dataKey,
    name: xAxis.label || xAxis.dataKey,
    color: "transparent",
    format: xAxis.format ?? null,
    kind: "line",
    isPrevious: false,
    isAhead: false,
    opacity: 0,
    axis: 0,
  };
  const nameKey = Object.keys(spec.data[0] ?? {}).find(
    (key) => typeof spec.data[0]?.[key] === "string",
  );
  const axis = { type: "number" as const, tick: TICK, tickLine: false, axisLine: false };
  return (
    <>
      {yAxis.isLabelShown && <p className="axis-name">{yAxis.label}</p>}
      <ResponsiveContainer width="100%" height={320}>
        <ScatterChart accessibilityLayer={false} margin={{ top: 8, right: 16, bottom: 20, left: 0 }}>
          <CartesianGrid stroke="var(--grid)" />
          <XAxis
            {...axis}
            dataKey={xAxis.dataKey}
            label={{ value: across.name, position: "insideBottom", offset: -12, ...TICK }}
            tickFormatter={(value: Cell) => formatTick(value, xAxis.format)}
          />
          <YAxis
            {...axis}
            dataKey={marks[0]?.dataKey ?? yAxis.dataKey}
            width="auto"
            tickFormatter={(value: Cell) => formatTick(value, marks[0]?.format)}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--line-strong)", strokeDasharray: "3 3" }}
            content={(hover) => {
              const row = hoveredRow(hover);
              const title = row && nameKey ? String(row[nameKey]) : "";
              return row && <PlotTooltip title={title} marks={[across, ...marks]} row={row} />;
            }}
          />
          {marks.map(({ dataKey, name, color }) => (
            <Scatter
              key={dataKey}
              data={[...spec.data]}
              dataKey={dataKey}
              name={name}
              fill={color}
              fillOpacity={0.75}
              isAnimationActive={false}
            />
          ))}
        </ScatterChart>
      </ResponsiveContainer>
    </>
  );
}
