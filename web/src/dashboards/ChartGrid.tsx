import { useQueryClient } from "@tanstack/react-query";
import { type DragEvent, useState } from "react";
import type { Dashboard, PinnedChart } from "../api/shapes";
import { problemOf } from "../api/problem";
import { useServices } from "../services";
import { wordsOf } from "../ui/fieldProblem";
import { ChartCard } from "./ChartCard";
import { inOrder, moved, placements } from "./layout";
import { dashboardKey, dashboardPath, keepCharts } from "./queries";

interface ChartGridProps {
  dashboard: Dashboard;
  mayChange: boolean;
  onMessage: (message: string) => void;
}

/** The charts side by side; they can be dragged by their heads, or moved from their menus. */
export function ChartGrid({ dashboard, mayChange, onMessage }: ChartGridProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { id } = dashboard;
  const charts = inOrder(dashboard.charts);
  const arrange = async (change: (charts: PinnedChart[]) => PinnedChart[]) => {
    // What is shown may be newer than what was drawn last.
    let next: PinnedChart[] = [];
    keepCharts(queries, id, (shown) => {
      next = change(shown);
      return next;
    });
    try {
      await api.put(dashboardPath(id), { layout: placements(next) });
    } catch (error) {
      onMessage(`The arrangement could not be kept: ${wordsOf(problemOf(error))}`);
      void queries.invalidateQueries({ queryKey: dashboardKey(id) });
    }
  };
  const move = (chartId: string, place: number) => {
    onMessage(`Moved to place ${place + 1} of ${charts.length}.`);
    void arrange((shown) => moved(shown, chartId, place));
  };
  const { dragged, handlers } = useDragging(charts, move);
  return (
    <ul className="chart-grid" aria-label="Charts">
      {charts.map((chart, place) => (
        <li
          key={chart.id}
          style={{ "--span": chart.layout.w } as React.CSSProperties}
          data-dragged={dragged === chart.id || undefined}
          {...(mayChange ? handlers(chart.id, place) : {})}
        >
          <ChartCard
            chart={chart}
            place={place}
            count={charts.length}
            mayChange={mayChange}
            onMove={(next) => move(chart.id, next)}
            onArrange={(change) => void arrange(change)}
            onMessage={onMessage}
          />
        </li>
      ))}
    </ul>
  );
}

/** Dragging with a pointer; everything it does can be done from the menus too. */
function useDragging(charts: PinnedChart[], onMove: (id: string, place: number) => void) {
  const [dragged, setDragged] = useState<string | null>(null);
  const handlers = (id: string, place: number) => ({
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      setDragged(id);
    },
    onDragEnd: () => setDragged(null),
    onDragOver: (event: DragEvent) => {
      if (dragged !== null) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (dragged === null) return;
      event.preventDefault();
      setDragged(null);
      if (dragged !== id && charts.some((chart) => chart.id === dragged)) onMove(dragged, place);
    },
  });
  return { dragged, handlers };
}
