import type { Cell, ChartSpec, Format, Grain, Series } from "../api/shapes";
import { formatDate, formatDateTick, formatTick, formatValue, grainOf } from "../ui/format";
import { seriesColor } from "./palette";

export type Row = Record<string, Cell>;
export type MarkKind = "line" | "bar" | "area";

/** A series with everything the drawing needs settled. */
export interface Mark {
  dataKey: string;
  name: string;
  color: string;
  format: Format | null;
  kind: MarkKind;
  isPrevious: boolean;
  opacity: number;
  /** 0 is the left axis; a series in another unit gets the right one. */
  axis: 0 | 1;
}

const PREVIOUS = "_previous";

export function marksOf(spec: ChartSpec): Mark[] {
  const base: MarkKind = spec.type === "bar" || spec.type === "area" ? spec.type : "line";
  const { series, yAxis } = spec.config;
  const first = formatOf(series[0], yAxis.format);
  const current = series.filter(({ dataKey }) => !dataKey.endsWith(PREVIOUS));
  return series.map((one) => {
    const isPrevious = one.dataKey.endsWith(PREVIOUS);
    const key = isPrevious ? one.dataKey.slice(0, -PREVIOUS.length) : one.dataKey;
    const slot = current.findIndex(({ dataKey }) => dataKey === key);
    const format = formatOf(one, yAxis.format);
    return {
      dataKey: one.dataKey,
      name: one.name,
      // Unless the chart says otherwise, the earlier period is its partner's colour, paler.
      color: one.color ?? seriesColor(slot === -1 ? series.indexOf(one) : slot),
      opacity: isPrevious && !one.color ? 0.45 : 1,
      format,
      kind: one.type ?? base,
      isPrevious,
      axis: unitOf(format) === unitOf(first) ? 0 : 1,
    };
  });
}

function formatOf(series: Series | undefined, fallback: Format | null | undefined): Format | null {
  return series?.format ?? fallback ?? null;
}

function unitOf(format: Format | null): string {
  return format === "integer" || format === "decimal" || format === null ? "number" : format;
}

export interface CategoryFormat {
  tick: (value: Cell) => string;
  full: (value: Cell) => string;
}

/** How the values along the category axis read: dates by their grain, the rest as they are. */
export function categoryFormat(spec: ChartSpec): CategoryFormat {
  const { dataKey, type, format } = spec.config.xAxis;
  if (type !== "date") {
    return { tick: (v) => formatTick(v, format), full: (v) => formatValue(v, format) };
  }
  const grain: Grain | null = grainOf(spec.data.map((row) => row[dataKey] ?? null));
  return {
    tick: (v) => (typeof v === "string" ? formatDateTick(v, grain) : formatValue(v, format)),
    full: (v) => (typeof v === "string" ? formatDate(v, grain) : formatValue(v, format)),
  };
}

/** A slice's colour: the one its row carries, or else the theme's. */
export function fillOf(row: Row, index: number): string {
  return typeof row.fill === "string" ? row.fill : seriesColor(index);
}

export function truncate(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}
