import type { Cell, Format, Grain } from "../api/shapes";

const LOCALE = "en-US";

const numbers = {
  integer: new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 }),
  decimal: new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 }),
  percent: new Intl.NumberFormat(LOCALE, { style: "percent", minimumFractionDigits: 1 }),
  smallPercent: new Intl.NumberFormat(LOCALE, { style: "percent", minimumFractionDigits: 2 }),
  usd: new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency: "USD",
    trailingZeroDisplay: "stripIfInteger",
  }),
  compact: new Intl.NumberFormat(LOCALE, { notation: "compact", maximumFractionDigits: 1 }),
  compactUsd: new Intl.NumberFormat(LOCALE, {
    notation: "compact",
    maximumFractionDigits: 1,
    style: "currency",
    currency: "USD",
  }),
  compactPercent: new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 1 }),
};

const DASH = "–";

/** A value in full, as tables and tooltips show it. */
export function formatValue(value: Cell | undefined, format: Format | null | undefined): string {
  if (value === null || value === undefined) return DASH;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return format === "date" ? formatDate(value) : value;
  if (!Number.isFinite(value)) return DASH;
  switch (format) {
    case "percent":
      return (value !== 0 && Math.abs(value) < 0.01 ? numbers.smallPercent : numbers.percent).format(
        value,
      );
    case "usd":
      return numbers.usd.format(value);
    case "seconds":
      return formatSeconds(value);
    case "integer":
      return numbers.integer.format(value);
    default:
      return numbers.decimal.format(value);
  }
}

/** A value in as few characters as an axis has room for. */
export function formatTick(value: Cell | undefined, format: Format | null | undefined): string {
  if (typeof value !== "number") return formatValue(value, format);
  switch (format) {
    case "percent":
      return numbers.compactPercent.format(value);
    case "usd":
      return numbers.compactUsd.format(value);
    case "seconds":
      return formatSeconds(value);
    default:
      return numbers.compact.format(value);
  }
}

export function formatSeconds(value: number): string {
  if (value < 60) return `${numbers.decimal.format(Math.round(value * 10) / 10)} s`;
  const whole = Math.round(value);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatBytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let size = value / 1000;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${numbers.compact.format(size)} ${units[unit] ?? ""}`;
}

export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.max(1, Math.round(milliseconds))} ms`
    : formatSeconds(milliseconds / 1000);
}

// Dates carry no time: they are read and written in UTC, or they would shift by a day in the west.
const dates = {
  day: new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", month: "short", day: "numeric" }),
  full: new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", dateStyle: "medium" }),
  month: new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", month: "short", year: "numeric" }),
};

const ISO_DATE = /^\d{4}-\d{2}-\d{2}/;

function parseDate(value: string): Date | null {
  return ISO_DATE.test(value) ? new Date(`${value.slice(0, 10)}T00:00:00Z`) : null;
}

export function formatDate(value: string, grain: Grain | null = null): string {
  const date = parseDate(value);
  if (!date) return value;
  switch (grain) {
    case "week":
      return `Week of ${dates.full.format(date)}`;
    case "month":
      return dates.month.format(date);
    case "quarter":
      return `Q${Math.floor(date.getUTCMonth() / 3) + 1} ${date.getUTCFullYear()}`;
    case "year":
      return String(date.getUTCFullYear());
    default:
      return dates.full.format(date);
  }
}

/** A date as an axis tick: no year where the grain is days or weeks. */
export function formatDateTick(value: string, grain: Grain | null): string {
  const date = parseDate(value);
  if (!date) return value;
  return grain === null || grain === "day" || grain === "week"
    ? dates.day.format(date)
    : formatDate(value, grain);
}

const times = new Intl.DateTimeFormat(LOCALE, {
  timeZone: "UTC",
  dateStyle: "medium",
  timeStyle: "short",
});

/** A moment, in UTC like everything else here. */
export function formatTime(value: string): string {
  return `${times.format(new Date(value)).replaceAll("\u202f", " ")} UTC`;
}

export function formatRange(start: string, end: string): string {
  const [from, to] = [parseDate(start), parseDate(end)];
  if (!from || !to) return `${start} – ${end}`;
  // Some runtimes set thin spaces around the dash, others plain ones.
  return dates.full.formatRange(from, to).replaceAll("\u2009", " ");
}

/** The width of one point, read off the dates themselves: they begin where a period does. */
export function grainOf(values: readonly Cell[]): Grain | null {
  const dates = values
    .map((value) => (typeof value === "string" ? parseDate(value) : null))
    .filter((date) => date !== null)
    .sort((a, b) => a.getTime() - b.getTime());
  const days = dates.map((date) => date.getTime() / 86_400_000);
  const gaps = days.slice(1).map((day, i) => day - (days[i] ?? day)).filter((gap) => gap > 0);
  if (gaps.length === 0) return null;
  const gap = Math.min(...gaps);
  const areFirsts = dates.every((date) => date.getUTCDate() === 1);
  if (areFirsts && gap >= 360) return "year";
  if (areFirsts && gap >= 85) return "quarter";
  if (areFirsts && gap >= 28) return "month";
  const areWeeks = gaps.every((each) => each % 7 === 0);
  return areWeeks ? "week" : "day";
}
