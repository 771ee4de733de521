import { AuthCard } from "../auth/AuthCard";
import type { Session } from "../auth/session";
import { useServices } from "../services";
import { formatTime } from "../ui/format";
import { Notice } from "../ui/Notice";
import { problemOf } from "../api/problem";
import { Suspense, useState } from "react";
import { useWorkspaces } from "./queries";
import WorkspaceDialog, { type WorkspaceQuestion } from "./WorkspaceDialog";

/** For somebody who is signed in and belongs to no workspace, or to deleted ones only. */
export default function NoWorkspace({ session }: { session: Session }) {
  const { api, session: sessions } = useServices();
  const { data, error } = useWorkspaces({ isEnabled: true });
  const [question, setQuestion] = useState<WorkspaceQuestion | null>(null);
  const deleted = data?.items.filter(({ purge_after }) => purge_after) ?? [];
  const signOut = () => {
    void api.logout().catch(() => undefined);
    sessions.close();
  };
  return (
    <AuthCard
      title="You are in no workspace"
      lead={
        <>
          You are signed in as <strong>{session.user.email}</strong>. Make a workspace, or ask
          somebody for an invitation to theirs.
        </>
      }
      isAnnounced
    >
      {error && <Notice problem={problemOf(error)} />}
      <div className="auth-choices">
        <button
          type="button"
          className="button button-primary"
          onClick={() => setQuestion({ kind: "create" })}
        >
          New workspace
        </button>
        {deleted.map((workspace) => (
          <button
            key={workspace.id}
            type="button"
            className="button"
            title={`Gone for good on ${formatTime(workspace.purge_after ?? "")}`}
            onClick={() => setQuestion({ kind: "restore", workspace })}
          >
            Restore {workspace.name}
          </button>
        ))}
        <button type="button" className="button" onClick={signOut}>
          Sign out
        </button>
      </div>
      {question && (
        <Suspense>
          <WorkspaceDialog question={question} onClose={() => setQuestion(null)} />
        </Suspense>
      )}
    </AuthCard>
  );
}
