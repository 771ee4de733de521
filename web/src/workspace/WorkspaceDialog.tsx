import type { WorkspaceItem } from "../api/shapes";
import type { Problem } from "../api/problem";
import type { Membership } from "../auth/session";
import { useServices } from "../services";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { formatTime } from "../ui/format";
import { Notice } from "../ui/Notice";
import { enterWorkspace } from "./entering";

export type WorkspaceQuestion =
  | { kind: "create" }
  | { kind: "restore"; workspace: WorkspaceItem }
  | { kind: "problem"; problem: Problem };

interface WorkspaceDialogProps {
  question: WorkspaceQuestion;
  onClose: () => void;
}

/** What the list of workspaces asks about. */
export default function WorkspaceDialog({ question, onClose }: WorkspaceDialogProps) {
  const services = useServices();
  const { api } = services;
  const enter = async ({ id }: Membership) =>
    enterWorkspace(services, await api.post<Membership>(`/v1/tenants/${id}/switch`));
  if (question.kind === "problem") {
    return (
      <Dialog title="The workspace could not be opened" onClose={onClose}>
        <div className="dialog-body">
          <Notice problem={question.problem} />
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Close
            </button>
          </div>
        </div>
      </Dialog>
    );
  }
  if (question.kind === "restore") {
    const { id, name, purge_after } = question.workspace;
    return (
      <FormDialog
        title={`Restore ${name}?`}
        action="Restore"
        onSubmit={async () => enter(await api.post<Membership>(`/v1/tenants/${id}/restore`))}
        onClose={onClose}
      >
        <p>
          It comes back with its people, data, conversations and dashboards. Unless it is restored,
          all of it is gone for good on <strong>{formatTime(purge_after ?? "")}</strong>.
        </p>
      </FormDialog>
    );
  }
  return (
    <FormDialog
      title="New workspace"
      action="Create workspace"
      onSubmit={async (fields, key) => {
        const name = String(fields.get("name")).trim();
        await enter(await api.post<Membership>("/v1/tenants", { name }, key));
      }}
      onClose={onClose}
    >
      <p>A workspace has data, people and dashboards of its own. Nothing is shared between two.</p>
      <Field label="Name" name="name" maxLength={80} required autoFocus />
    </FormDialog>
  );
}
