import type { Workspace } from "../api/shapes";
import type { Session } from "../auth/session";
import { trialDaysLeft, useWorkspace } from "./queries";
import "./workspace.css";

/** Where one is, and how long the trial still runs. */
export function WorkspaceName({ session }: { session: Session }) {
  const { data } = useWorkspace();
  return (
    <div className="workspace">
      <p className="workspace-name" title={session.user.email}>
        <span className="visually-hidden">Workspace </span>
        {data?.name ?? session.workspace.name}
      </p>
      {data && <TrialTag workspace={data} />}
    </div>
  );
}

// The format module is left to the answers: it would be a part of the first load from here.
const DAY = { timeZone: "UTC", dateStyle: "medium" } as const;

function TrialTag({ workspace }: { workspace: Workspace }) {
  const days = trialDaysLeft(workspace, Date.now());
  if (days === null) return null;
  const end = new Date(workspace.trial_ends_at ?? "").toLocaleDateString("en-US", DAY);
  if (days === 0) return <p className="tag tag-warn">Trial ended</p>;
  return (
    <p className={days > 3 ? "tag" : "tag tag-warn"} title={`The trial ends on ${end}`}>
      <span className="trial-word">Trial: </span>
      {days === 1 ? "1 day left" : `${days} days left`}
    </p>
  );
}
