import { useQueryClient } from "@tanstack/react-query";
import type { DashboardItem } from "../api/shapes";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { DASHBOARDS } from "./queries";

interface NewDashboardProps {
  onMade: (dashboard: Pick<DashboardItem, "id" | "name">) => void;
  onClose: () => void;
}

/** Asks what a new dashboard is to be called, and makes it. */
export default function NewDashboard({ onMade, onClose }: NewDashboardProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  return (
    <FormDialog
      title="New dashboard"
      action="Create dashboard"
      onSubmit={async (fields, key) => {
        const name = String(fields.get("name")).trim();
        const made = await api.post<DashboardItem>("/v1/dashboards", { name }, key);
        void queries.invalidateQueries({ queryKey: DASHBOARDS });
        onMade(made);
      }}
      onClose={onClose}
    >
      <Field
        label="Name"
        name="name"
        note="Everybody in the workspace sees it."
        maxLength={80}
        required
        autoFocus
      />
    </FormDialog>
  );
}
