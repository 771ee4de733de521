import type { Cell, ChartSpec, Format, Series } from "../api/shapes";
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
  /** Not measured but forecast. */
  isAhead: boolean;
  opacity: number;
  /** 0 is the left axis; a series in another unit gets the right one. */
  axis: 0 | 1;
}

/** Between what a forecast will probably be. */
export interface Band {
  low: string;
  high: string;
  name: string;
  color: string;
}

const PREVIOUS = "_previous";
// What the columns of a forecast and of unusual days are called.
const AHEAD = "forecast";
const EXPECTED = "expected";
// What something is held against is grey beside it, like an earlier period.
const REFERENCE = "#8b939c";
const RANGE = { low: "low", high: "high" };

export function marksOf(spec: ChartSpec): Mark[] {
  const base: MarkKind = spec.type === "bar" || spec.type === "area" ? spec.type : "line";
  const { yAxis } = spec.config;
  const series = bandOf(spec) ? spec.config.series.filter(isNoEdge) : spec.config.series;
  const first = formatOf(series[0], yAxis.format);
  const current = series.filter(({ dataKey }) => !dataKey.endsWith(PREVIOUS));
  return series.map((one) => {
    const isPrevious = one.dataKey.endsWith(PREVIOUS);
    const key = isPrevious ? one.dataKey.slice(0, -PREVIOUS.length) : one.dataKey;
    const slot = current.findIndex(({ dataKey }) => dataKey === key);
    const format = formatOf(one, yAxis.format);
    const given = one.dataKey === EXPECTED && !spec.edits?.colors ? REFERENCE : one.color;
    return {
      dataKey: one.dataKey,
      name: one.name,
      // Unless the chart says otherwise, the earlier period is its partner's colour, paler.
      color: given ?? seriesColor(slot === -1 ? series.indexOf(one) : slot),
      opacity: isPrevious && !one.color ? 0.45 : 1,
      format,
      kind: one.type ?? base,
      isPrevious,
      isAhead: one.dataKey === AHEAD,
      axis: unitOf(format) === unitOf(first) ? 0 : 1,
    };
  });
}

const isNoEdge = ({ dataKey }: Series): boolean => dataKey !== RANGE.low && dataKey !== RANGE.high;

/** The range around a forecast, which is drawn as one; null when the chart shows none. */
export function bandOf({ type, config: { series } }: ChartSpec): Band | null {
  const [ahead, low, high] = [AHEAD, RANGE.low, RANGE.high].map((key) =>
    series.find(({ dataKey }) => dataKey === key),
  );
  if (!ahead || !low || !high || type === "bar") return null;
  return {
    ...RANGE,
    name: sharedStart(low.name, high.name) || "Range",
    color: ahead.color ?? seriesColor(series.indexOf(ahead)),
  };
}

/** The words that two names begin with: "Range" of "Range from" and "Range to". */
function sharedStart(one: string, other: string): string {
  const words = other.split(" ");
  const parted = one.split(" ").findIndex((word, i) => word !== words[i]);
  return words.slice(0, Math.max(parted, 0)).join(" ");
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
  const grain = areDays(spec) ? "day" : grainOf(spec.data.map((row) => row[dataKey] ?? null));
  return {
    tick: (v) => (typeof v === "string" ? formatDateTick(v, grain) : formatValue(v, format)),
    full: (v) => (typeof v === "string" ? formatDate(v, grain) : formatValue(v, format)),
  };
}

/** Days that do not follow each other must not pass for weeks or months. */
function areDays({ config: { series } }: ChartSpec): boolean {
  return series.some(({ dataKey }) => dataKey === AHEAD || dataKey === EXPECTED);
}

/** A slice's colour: the one its row carries, or else the theme's. */
export function fillOf(row: Row, index: number): string {
  return typeof row.fill === "string" ? row.fill : seriesColor(index);
}

export function truncate(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
}
