import type { Stat } from "../api/shapes";
import { formatTick, formatValue } from "../ui/format";

/** A single number, large, with how it moved. */
export function StatFigure({ stat }: { stat: Stat }) {
  return (
    <div className="stat">
      <p className="stat-value">{formatValue(stat.value, stat.format)}</p>
      <p className="stat-label">{stat.label}</p>
      <StatChange stat={stat} />
    </div>
  );
}

function StatChange({ stat: { value, previous, format, isLowerBetter } }: { stat: Stat }) {
  if (previous === null || previous === undefined || value === null) return null;
  const before = `from ${formatValue(previous, format)}`;
  if (previous === 0 || value === previous) {
    return <p className="stat-change">{value === previous ? "unchanged" : before}</p>;
  }
  const change = (value - previous) / Math.abs(previous);
  const isGood = change > 0 !== (isLowerBetter ?? false);
  return (
    <p className="stat-change">
      <span className={isGood ? "change-good" : "change-bad"}>
        <span aria-hidden="true">{change > 0 ? "▲" : "▼"}</span>
        <span className="visually-hidden">{change > 0 ? "up" : "down"}</span>{" "}
        {formatTick(Math.abs(change), "percent")}
      </span>{" "}
      {before}
    </p>
  );
}
