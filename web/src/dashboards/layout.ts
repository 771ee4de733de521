import type { ChartLayout, PinnedChart } from "../api/shapes";

export const COLUMNS = 12;

export const WIDTHS = [
  [4, "A third"],
  [6, "Half"],
  [8, "Two thirds"],
  [COLUMNS, "Full width"],
] as const;

type Placed = Pick<PinnedChart, "id" | "layout">;
export type Placement = ChartLayout & { chart_id: string };

/** The charts as one reads them: row by row, each from the left. */
export function inOrder<T extends Placed>(charts: readonly T[]): T[] {
  return charts.toSorted((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
}

/** Puts charts that are in order side by side as long as they fit, then below. */
export function packed<T extends Placed>(charts: readonly T[]): T[] {
  let x = 0;
  let y = 0;
  let height = 0;
  return charts.map((chart) => {
    const w = Math.min(chart.layout.w, COLUMNS);
    const { h } = chart.layout;
    if (x + w > COLUMNS) {
      y += height;
      x = 0;
      height = 0;
    }
    const layout = { x, y, w, h };
    x += w;
    height = Math.max(height, h);
    return { ...chart, layout };
  });
}

/** Moves a chart to the place another one has. */
export function moved<T extends Placed>(charts: readonly T[], id: string, place: number): T[] {
  const order = inOrder(charts);
  const from = order.findIndex((chart) => chart.id === id);
  const [chart] = from === -1 ? [] : order.splice(from, 1);
  if (chart) order.splice(Math.max(0, Math.min(place, order.length)), 0, chart);
  return packed(order);
}

export function widened<T extends Placed>(charts: readonly T[], id: string, w: number): T[] {
  return packed(
    inOrder(charts).map((chart) =>
      chart.id === id ? { ...chart, layout: { ...chart.layout, w } } : chart,
    ),
  );
}

export const placements = (charts: readonly Placed[]): Placement[] =>
  charts.map(({ id, layout }) => ({ chart_id: id, ...layout }));
