import { lazy, type ReactNode, Suspense, useId, useState } from "react";
import type { ChartSpec, FileFormat, ResultPreview } from "../api/shapes";
import { Icon } from "../ui/Icon";
import { ChartBoundary } from "./ChartBoundary";
import { DataTable } from "./DataTable";
import { DownloadButtons } from "./DownloadButtons";
import { Legend } from "./Legend";
import { StatFigure } from "./StatFigure";
import { tableOfChart, tableOfResult, type TableView } from "./tableView";
import { useWasSeen } from "./useWasSeen";
import "./chart.css";

const Plot = lazy(() => import("./Plot"));

interface ResultCardProps {
  chart: ChartSpec | null;
  result: ResultPreview | null;
  /** A chart may still come: the table must not flash by before it. */
  isRunning?: boolean;
  /** Hands the whole result over as a file; without it nothing is offered. */
  download?: (resultId: string, format: FileFormat) => Promise<void>;
  /** What can be done with it, in its head. */
  actions?: ReactNode;
  /** What is to be said of it, at its foot. */
  foot?: ReactNode;
}

/** A result as a chart or as its table; the table is the chart's text alternative. */
export function ResultCard(props: ResultCardProps) {
  const { chart, result, isRunning = false, download, actions, foot } = props;
  const id = useId();
  const [wantsTable, setWantsTable] = useState(false);
  const view = result ? tableOfResult(result) : chart && tableOfChart(chart);
  if (!view) return null;
  const title = chart?.title || result?.title || "Result";
  const canDraw = chart !== null && (Boolean(chart.stat) || chart.data.length > 0);
  const showsTable = wantsTable || !canDraw;
  return (
    <figure className="card" aria-labelledby={id}>
      <figcaption className="card-head">
        <h3 id={id}>{title}</h3>
        <div className="card-actions">
          {canDraw && view.rows.length > 0 && (
            <ViewToggle
              isTable={showsTable}
              other={chart.data.length > 1 || !chart.stat ? "Chart" : "Number"}
              onChange={setWantsTable}
            />
          )}
          {actions}
        </div>
      </figcaption>
      <div className="card-body">
        {view.rows.length === 0 ? (
          <p className="card-empty">No rows in this period.</p>
        ) : isRunning && !chart ? (
          <div className="plot-wait" />
        ) : showsTable ? (
          <>
            <DataTable title={title} view={view} />
            {download && result && (
              <DownloadButtons
                rowCount={result.row_count}
                download={(format) => download(result.result_id, format)}
              />
            )}
          </>
        ) : (
          chart && <ChartFigure chart={chart} title={title} view={view} />
        )}
      </div>
      {chart?.note && !showsTable && <p className="card-note">{chart.note}</p>}
      {foot}
    </figure>
  );
}

interface ViewToggleProps {
  isTable: boolean;
  other: string;
  onChange: (isTable: boolean) => void;
}

function ViewToggle({ isTable, other, onChange }: ViewToggleProps) {
  return (
    <div className="segmented" role="group" aria-label="Show as">
      <button type="button" aria-pressed={!isTable} onClick={() => onChange(false)}>
        <Icon name="bars" size={15} />
        {other}
      </button>
      <button type="button" aria-pressed={isTable} onClick={() => onChange(true)}>
        <Icon name="table" size={15} />
        Table
      </button>
    </div>
  );
}

interface ChartFigureProps {
  chart: ChartSpec;
  title: string;
  view: TableView;
}

function ChartFigure({ chart, title, view }: ChartFigureProps) {
  const [frame, wasSeen] = useWasSeen<HTMLDivElement>();
  const hasPlot = chart.data.length > 1 || !chart.stat;
  const label = `${title}: ${chart.type} chart. The same numbers are in the table view.`;
  return (
    <>
      {chart.stat && <StatFigure stat={chart.stat} />}
      {hasPlot && (
        <ChartBoundary fallback={<DataTable title={title} view={view} />}>
          <Legend chart={chart} />
          <div ref={frame} className="plot" data-type={chart.type} role="img" aria-label={label}>
            {wasSeen && (
              <Suspense fallback={<div className="plot-wait" />}>
                <Plot spec={chart} />
              </Suspense>
            )}
          </div>
        </ChartBoundary>
      )}
    </>
  );
}
