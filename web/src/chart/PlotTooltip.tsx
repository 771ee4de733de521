import { formatValue } from "../ui/format";
import type { Mark, Row } from "./marks";

interface PlotTooltipProps {
  title: string;
  marks: Mark[];
  row: Row;
}

/** The small card that follows the pointer. */
export function PlotTooltip({ title, marks, row }: PlotTooltipProps) {
  return (
    <div className="plot-tooltip">
      <strong>{title}</strong>
      <dl>
        {marks.map(({ dataKey, name, color, format, opacity }) => (
          <div key={dataKey}>
            <dt>
              <i className="swatch" style={{ background: color, opacity }} />
              {name}
            </dt>
            <dd>{formatValue(row[dataKey], format)}</dd>
          </div>
        ))}
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
