import type { ChartSpec } from "../api/shapes";
import { marksOf } from "./marks";

/** The series' names in the order they were asked for (Recharts' own legend sorts by name). */
export function Legend({ chart }: { chart: ChartSpec }) {
  const marks = marksOf(chart);
  if (marks.length < 2 || chart.type === "pie" || chart.type === "funnel") return null;
  return (
    <ul className="legend" aria-hidden="true">
      {marks.map(({ dataKey, name, color, opacity }) => (
        <li key={dataKey}>
          <i className="swatch" style={{ background: color, opacity }} />
          {name}
        </li>
      ))}
    </ul>
  );
}
