import { Pie, PieChart, ResponsiveContainer, Tooltip } from "recharts";
import type { ChartSpec } from "../api/shapes";
import { formatTick, formatValue } from "../ui/format";
import { categoryFormat, fillOf, marksOf } from "./marks";
import { hoveredRow, PlotTooltip } from "./PlotTooltip";

/** A ring with its slices listed beside it: names and shares are read, not guessed from angles. */
export function PiePlot({ spec }: { spec: ChartSpec }) {
  const [mark] = marksOf(spec);
  const { full } = categoryFormat(spec);
  const { dataKey: nameKey } = spec.config.xAxis;
  if (!mark) return null;
  const slices = spec.data.map((row, i) => ({ ...row, fill: fillOf(row, i) }));
  const valueOf = (row: ChartSpec["data"][number]) => Number(row[mark.dataKey] ?? 0);
  const total = spec.data.reduce((sum, row) => sum + valueOf(row), 0);
  return (
    <div className="pie">
      <ResponsiveContainer width="100%" height={240}>
        <PieChart accessibilityLayer={false}>
          <Pie
            data={slices}
            dataKey={mark.dataKey}
            nameKey={nameKey}
            innerRadius="58%"
            outerRadius="92%"
            startAngle={90}
            endAngle={-270}
            stroke="var(--surface)"
            strokeWidth={2}
            isAnimationActive={false}
          />
          <Tooltip
            isAnimationActive={false}
            content={(hover) => {
              const row = hoveredRow(hover);
              return row && <PlotTooltip title={full(row[nameKey] ?? null)} marks={[mark]} row={row} />;
            }}
          />
        </PieChart>
      </ResponsiveContainer>
      <ul>
        {spec.data.map((row, i) => (
          <li key={i}>
            <i className="swatch" style={{ background: fillOf(row, i) }} />
            <span className="pie-name">{full(row[nameKey] ?? null)}</span>
            <span>{formatValue(row[mark.dataKey], mark.format)}</span>
            <span className="pie-share">
              {total > 0 ? formatTick(valueOf(row) / total, "percent") : ""}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
