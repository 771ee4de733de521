import { Funnel, FunnelChart, ResponsiveContainer, Tooltip } from "recharts";
import type { ChartSpec } from "../api/shapes";
import { formatTick, formatValue } from "../ui/format";
import { categoryFormat, marksOf } from "./marks";
import { hoveredRow, PlotTooltip } from "./PlotTooltip";

const STEP_HEIGHT = 56;

/** Steps from the widest to the narrowest, each with its count and how many of the step before stayed. */
export function FunnelPlot({ spec }: { spec: ChartSpec }) {
  const [mark] = marksOf(spec);
  const { full } = categoryFormat(spec);
  const { dataKey: nameKey } = spec.config.xAxis;
  if (!mark) return null;
  const valueOf = (i: number) => Number(spec.data[i]?.[mark.dataKey] ?? 0);
  const steps = spec.data.map((row, i) => ({
    ...row,
    fill: mark.color,
    fillOpacity: 1 - (0.6 * i) / Math.max(1, spec.data.length - 1),
  }));
  return (
    <div className="funnel">
      <ol style={{ gridAutoRows: STEP_HEIGHT }}>
        {spec.data.map((row, i) => (
          <li key={i}>
            <span className="funnel-name">{full(row[nameKey] ?? null)}</span>
            <strong>{formatValue(row[mark.dataKey], mark.format)}</strong>
            <span className="funnel-rate">
              {i > 0 && valueOf(i - 1) > 0
                ? `${formatTick(valueOf(i) / valueOf(i - 1), "percent")} of the step before`
                : ""}
            </span>
          </li>
        ))}
      </ol>
      <ResponsiveContainer width="100%" height={STEP_HEIGHT * spec.data.length}>
        <FunnelChart accessibilityLayer={false} margin={{ top: 0, right: 0, bottom: 0, left: 0 }}>
          <Funnel
            data={steps}
            dataKey={mark.dataKey}
            nameKey={nameKey}
            lastShapeType="rectangle"
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
        </FunnelChart>
      </ResponsiveContainer>
    </div>
  );
}
