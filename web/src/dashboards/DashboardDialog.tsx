import { useQueryClient } from "@tanstack/react-query";
import type { Dashboard } from "../api/shapes";
import { go } from "../navigation/place";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { DASHBOARDS, dashboardKey, dashboardPath } from "./queries";

export type DashboardQuestion = "rename" | "delete";

interface DashboardDialogProps {
  question: DashboardQuestion;
  dashboard: Dashboard;
  onClose: () => void;
}

/** Asks for another name, or whether a dashboard may go. */
export function DashboardDialog({ question, dashboard, onClose }: DashboardDialogProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { id, name, charts } = dashboard;
  const rename = async (fields: FormData) => {
    const next = String(fields.get("name")).trim();
    await api.put(dashboardPath(id), { name: next });
    queries.setQueryData<Dashboard>(dashboardKey(id), (old) => old && { ...old, name: next });
    void queries.invalidateQueries({ queryKey: DASHBOARDS });
  };
  const remove = async () => {
    await api.delete(dashboardPath(id));
    go({ screen: "dashboards" }, { isReplacing: true });
    queries.removeQueries({ queryKey: dashboardKey(id) });
    void queries.invalidateQueries({ queryKey: DASHBOARDS });
  };
  if (question === "rename") {
    return (
      <FormDialog title="Rename dashboard" action="Rename" onSubmit={rename} onClose={onClose}>
        <Field label="Name" name="name" defaultValue={name} maxLength={80} required autoFocus />
      </FormDialog>
    );
  }
  const what = charts.length === 1 ? "its chart" : `its ${charts.length} charts`;
  return (
    <FormDialog
      title={`Delete ${name}?`}
      action="Delete dashboard"
      isDanger
      onSubmit={remove}
      onClose={onClose}
    >
      <p>
        {charts.length > 0 && <>The dashboard goes with {what}. </>}
        Links it was shared by stop working, for everybody and at once. The answers the charts were
        pinned from stay.
      </p>
    </FormDialog>
  );
}
