import { useQueryClient } from "@tanstack/react-query";
import type { ChartSpec, PinnedChart } from "../api/shapes";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { SelectField } from "../ui/SelectField";
import { WIDTHS, widened } from "./layout";
import { chartPath, DASHBOARDS, dashboardKey, keepCharts, useDashboards } from "./queries";

export type ChartQuestion = "edit" | "unpin";

const TYPES: readonly (readonly [ChartSpec["type"], string])[] = [
  ["bar", "Bars"],
  ["line", "Lines"],
  ["area", "Areas"],
  ["pie", "Pie"],
  ["scatter", "Scatter"],
  ["funnel", "Funnel"],
];

interface ChartDialogProps {
  question: ChartQuestion;
  chart: PinnedChart;
  onArrange: (change: (charts: PinnedChart[]) => PinnedChart[]) => void;
  onMessage: (message: string) => void;
  onClose: () => void;
}

/** Asks how a pinned chart is to be, or whether it may go. */
export function ChartDialog(props: ChartDialogProps) {
  const { question, chart, onMessage, onClose } = props;
  const { api } = useServices();
  const queries = useQueryClient();
  if (question === "edit") return <EditChart {...props} />;
  const unpin = async () => {
    await api.delete(`${chartPath(chart.id)}/unpin`);
    keepCharts(queries, chart.dashboard_id, (charts) => charts.filter(({ id }) => id !== chart.id));
    onMessage(`${chart.title} is unpinned.`);
  };
  return (
    <FormDialog
      title={`Unpin ${chart.title}?`}
      action="Unpin"
      isDanger
      onSubmit={unpin}
      onClose={onClose}
    >
      <p>It leaves this dashboard for everybody. The answer it was pinned from stays.</p>
    </FormDialog>
  );
}

function EditChart({ chart, onArrange, onMessage, onClose }: ChartDialogProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { data } = useDashboards();
  const { id, dashboard_id, title, chart_spec, layout } = chart;
  const dashboards = data?.pages.flatMap(({ items }) => items) ?? [];
  const widths = WIDTHS.map(([width, label]) => [String(width), label] as const);
  const isKnownWidth = widths.some(([width]) => width === String(layout.w));

  const save = async (fields: FormData) => {
    const wish = {
      title: String(fields.get("title")).trim(),
      type: String(fields.get("type") ?? chart_spec.type),
      dashboard_id: String(fields.get("dashboard") ?? dashboard_id),
    };
    const change = Object.fromEntries(
      Object.entries(wish).filter(
        ([name, value]) => value !== { title, type: chart_spec.type, dashboard_id }[name],
      ),
    );
    if (Object.keys(change).length > 0)
      await keep(await api.put<PinnedChart>(chartPath(id), change));
    const width = Number(fields.get("width"));
    if (width !== layout.w && wish.dashboard_id === dashboard_id) {
      onArrange((charts) => widened(charts, id, width));
    }
  };
  const keep = async (next: PinnedChart) => {
    const isGone = next.dashboard_id !== dashboard_id;
    keepCharts(queries, dashboard_id, (charts) =>
      isGone
        ? charts.filter((old) => old.id !== id)
        : charts.map((old) => (old.id === id ? next : old)),
    );
    if (!isGone) return;
    const name = dashboards.find((item) => item.id === next.dashboard_id)?.name;
    onMessage(`${next.title} is on ${name ?? "another dashboard"} now.`);
    void queries.invalidateQueries({ queryKey: DASHBOARDS });
    void queries.invalidateQueries({ queryKey: dashboardKey(next.dashboard_id) });
  };
  return (
    <FormDialog title="Edit chart" action="Save" onSubmit={save} onClose={onClose}>
      <Field label="Title" name="title" defaultValue={title} maxLength={120} required autoFocus />
      {chart_spec.data.length > 1 && (
        <SelectField
          label="Shown as"
          name="type"
          defaultValue={chart_spec.type}
          note="Where a kind would mislead, a better one is shown, with a note why."
          options={TYPES}
        />
      )}
      <SelectField
        label="Width"
        name="width"
        defaultValue={String(layout.w)}
        options={isKnownWidth ? widths : [[String(layout.w), "As it is"], ...widths]}
      />
      {dashboards.length > 1 && (
        <SelectField
          label="Dashboard"
          name="dashboard"
          defaultValue={dashboard_id}
          options={dashboards.map((item) => [item.id, item.name] as const)}
        />
      )}
    </FormDialog>
  );
}
