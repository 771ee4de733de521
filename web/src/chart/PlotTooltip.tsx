import { formatValue } from "../ui/format";
import type { Band, Mark, Row } from "./marks";

interface PlotTooltipProps {
  title: string;
  marks: Mark[];
  band?: Band | null;
  row: Row;
}

/** The small card that follows the pointer. */
export function PlotTooltip({ title, marks, band, row }: PlotTooltipProps) {
  // A day is measured or forecast; that it is not the other says nothing.
  const told = band ? marks.filter(({ dataKey }) => typeof row[dataKey] === "number") : marks;
  const edges = band && [row[band.low], row[band.high]].filter((edge) => typeof edge === "number");
  return (
    <div className="plot-tooltip">
      <strong>{title}</strong>
      <dl>
        {told.map(({ dataKey, name, color, format, opacity }) => (
          <div key={dataKey}>
            <dt>
              <i className="swatch" style={{ background: color, opacity }} />
              {name}
            </dt>
            <dd>{formatValue(row[dataKey], format)}</dd>
          </div>
        ))}
        {band && edges?.length === 2 && (
          <div>
            <dt>
              <i className="swatch" style={{ background: band.color, opacity: 0.3 }} />
              {band.name}
            </dt>
            <dd>{edges.map((edge) => formatValue(edge, marks[0]?.format)).join(" – ")}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

interface Hover {
  active?: boolean | undefined;
  payload?: readonly { payload?: unknown }[] | undefined;
}

/** The row under the pointer, out of what Recharts hands to a tooltip. */
export function hoveredRow({ active, payload }: Hover): Row | null {
  const row = active ? payload?.[0]?.payload : undefined;
  return typeof row === "object" && row !== null ? (row as Row) : null;
}
