import type { Row } from "./marks";

const STEPS = [1, 2, 2.5, 5, 10];
const INTERVALS = 4;

/** Round ticks from zero to above the largest value; null leaves it to the chart (negative values). */
export function niceTicks(largest: number, smallest: number, isWhole: boolean): number[] | null {
  if (smallest < 0 || !Number.isFinite(largest) || largest <= 0) return null;
  const rough = largest / INTERVALS;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const factor = STEPS.find((step) => step * magnitude >= rough - magnitude * 1e-9) ?? 10;
  const step = isWhole ? Math.max(1, Math.ceil(factor * magnitude)) : factor * magnitude;
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

interface AxisKind {
  isWhole: boolean;
  isStacked: boolean;
}

/** The ticks of one value axis over all that hangs on it. */
export function axisTicks(
  rows: readonly Row[],
  keys: readonly string[],
  { isWhole, isStacked }: AxisKind,
): number[] | null {
  const heights = rows.flatMap((row) => {
    const values = keys.map((key) => Number(row[key] ?? 0));
    return isStacked ? [values.reduce((sum, value) => sum + value, 0), ...values] : values;
  });
  return niceTicks(Math.max(0, ...heights), Math.min(0, ...heights), isWhole);
}
