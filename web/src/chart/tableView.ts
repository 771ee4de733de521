import type { Cell, ChartSpec, Format, Grain, ResultPreview } from "../api/shapes";
import { formatDate, formatValue } from "../ui/format";

export interface TableColumn {
  key: string;
  label: string;
  format: Format | null;
  isNumeric: boolean;
}

/** A table as it is shown, whichever shape it came in. */
export interface TableView {
  columns: TableColumn[];
  rows: Cell[][];
  rowCount: number;
  grain: Grain | null;
}

const NUMERIC: readonly (Format | null)[] = ["integer", "decimal", "percent", "usd", "seconds"];

export function tableOfResult(result: ResultPreview): TableView {
  const columns = result.columns.map(({ name, label, format }) => ({
    key: name,
    label,
    format,
    isNumeric: NUMERIC.includes(format),
  }));
  const grain = result.resolved?.grain ?? null;
  return { columns, rows: result.rows, rowCount: result.row_count, grain };
}

/** The chart's own data: its category first, then its series. */
export function tableOfChart({ config, data }: ChartSpec): TableView {
  const { xAxis, series } = config;
  const category: TableColumn = {
    key: xAxis.dataKey,
    label: xAxis.label || xAxis.dataKey,
    format: xAxis.format ?? (xAxis.type === "date" ? "date" : null),
    isNumeric: xAxis.type === "number",
  };
  const values = series.map(({ dataKey, name, format }) => ({
    key: dataKey,
    label: name,
    format: format ?? config.yAxis.format ?? null,
    isNumeric: true,
  }));
  const columns = [category, ...values];
  const rows = data.map((row) => columns.map(({ key }) => row[key] ?? null));
  return { columns, rows, rowCount: rows.length, grain: null };
}

export function cellText(value: Cell | undefined, column: TableColumn, grain: Grain | null): string {
  return column.format === "date" && typeof value === "string"
    ? formatDate(value, grain)
    : formatValue(value, column.format);
}

export interface Sorting {
  column: number;
  isDescending: boolean;
}

export function sortRows(rows: Cell[][], sorting: Sorting | null): Cell[][] {
  if (!sorting) return rows;
  const sign = sorting.isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[sorting.column] ?? null, b[sorting.column] ?? null];
    // What is missing stays at the end, whichever way one sorts.
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * String(x).localeCompare(String(y));
  });
}
