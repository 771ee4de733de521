import { useState } from "react";
import { problemOf } from "../api/problem";
import { AuthCard } from "../auth/AuthCard";
import type { Membership, Session } from "../auth/session";
import { useServices } from "../services";
import { formatTime } from "../ui/format";
import { Notice } from "../ui/Notice";
import { useSubmit } from "../ui/useSubmit";
import { enterWorkspace } from "./entering";
import { useWorkspaces } from "./queries";
import WorkspaceDialog, { type WorkspaceQuestion } from "./WorkspaceDialog";

/** For somebody who is signed in and whose workspace is gone: deleted, or not theirs any more. */
export default function NoWorkspace({ session }: { session: Session }) {
  const services = useServices();
  const { api, session: sessions } = services;
  const { data, error } = useWorkspaces({ isEnabled: true });
  const { problem, submit } = useSubmit();
  const [question, setQuestion] = useState<WorkspaceQuestion | null>(null);
  const items = data?.items ?? [];
  const failure = problem ?? (error && problemOf(error));
  const open = (id: string) =>
    submit(async () => {
      enterWorkspace(services, await api.post<Membership>(`/v1/tenants/${id}/switch`));
    });
  const signOut = () => {
    void api.logout().catch(() => undefined);
    sessions.close();
  };
  const lead = items.some(({ purge_after }) => purge_after)
    ? "The workspace was deleted. Until it is gone for good, its owners can restore it."
    : "You belong to no workspace. Make one, or ask somebody for an invitation to theirs.";
  return (
    <AuthCard
      title="There is no workspace to show"
      lead={
        <>
          {items.some(({ purge_after }) => !purge_after)
            ? "The one you were in is gone, or not yours any more."
            : data && lead}{" "}
          You are signed in as <strong>{session.user.email}</strong>.
        </>
      }
      isAnnounced
    >
      {failure && <Notice problem={failure} />}
      <div className="auth-choices">
        {items.map((workspace) =>
          workspace.purge_after ? (
            <button
              key={workspace.id}
              type="button"
              className="button"
              title={`Gone for good on ${formatTime(workspace.purge_after)}`}
              onClick={() => setQuestion({ kind: "restore", workspace })}
            >
              Restore {workspace.name}
            </button>
          ) : (
            <button
              key={workspace.id}
              type="button"
              className="button button-primary"
              onClick={() => void open(workspace.id)}
            >
              Open {workspace.name}
            </button>
          ),
        )}
        <button type="button" className="button" onClick={() => setQuestion({ kind: "create" })}>
          New workspace
        </button>
        <button type="button" className="button" onClick={signOut}>
          Sign out
        </button>
      </div>
      {question && <WorkspaceDialog question={question} onClose={() => setQuestion(null)} />}
    </AuthCard>
  );
}
