import type { ChartSpec } from "../api/shapes";
import { bandOf, marksOf } from "./marks";

/** The series' names in the order they were asked for (Recharts' own legend sorts by name). */
export function Legend({ chart }: { chart: ChartSpec }) {
  const marks = marksOf(chart);
  const band = bandOf(chart);
  if (marks.length < 2 || chart.type === "pie" || chart.type === "funnel") return null;
  return (
    <ul className="legend" aria-hidden="true">
      {marks.map(({ dataKey, name, color, opacity, isAhead }) => (
        <li key={dataKey}>
          <i
            className={isAhead ? "swatch swatch-dashed" : "swatch"}
            style={isAhead ? { borderColor: color } : { background: color, opacity }}
          />
          {name}
        </li>
      ))}
      {band && (
        <li>
          <i className="swatch" style={{ background: band.color, opacity: 0.3 }} />
          {band.name}
        </li>
      )}
    </ul>
  );
}
