import type { SharedDashboard } from "../api/shapes";
import { ResultCard } from "../chart/ResultCard";
import { formatTime } from "../ui/format";
import "../dashboards/dashboards.css";

/** The charts of a shared dashboard, to look at. */
export default function SharedCharts({ charts }: Pick<SharedDashboard, "charts">) {
  return (
    <ul className="chart-grid" aria-label="Charts">
      {charts.map(({ id, title, chart_spec, refreshed_at }) => (
        <li key={id}>
          <ResultCard
            chart={{ ...chart_spec, title }}
            result={null}
            foot={
              <div className="chart-foot">
                <p>As of {formatTime(refreshed_at)}</p>
              </div>
            }
          />
        </li>
      ))}
    </ul>
  );
}
