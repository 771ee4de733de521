import { Suspense, useState } from "react";
import type { Workspace, WorkspaceItem } from "../api/shapes";
import { go } from "../navigation/place";
import { problemOf } from "../api/problem";
import { useServices, useSession } from "../services";
import { Icon } from "../ui/Icon";
import { later } from "../ui/later";
import { Menu, type MenuItem } from "../ui/Menu";
import { enterWorkspace } from "./entering";
import { trialDaysLeft, useWorkspace, useWorkspaces } from "./queries";
import type { WorkspaceQuestion } from "./WorkspaceDialog";
import "./workspace.css";

const WorkspaceDialog = later(() => import("./WorkspaceDialog"));

/** Where one is, how long the trial still runs, and the way to other workspaces. */
export function WorkspaceMenu() {
  const services = useServices();
  const { user, workspace } = useSession();
  const { data } = useWorkspace();
  const [wasOpened, setWasOpened] = useState(false);
  const [question, setQuestion] = useState<WorkspaceQuestion | null>(null);
  const { data: all, refetch } = useWorkspaces({ isEnabled: wasOpened });
  const open = () => {
    if (wasOpened) void refetch();
    setWasOpened(true);
    WorkspaceDialog.preload();
  };

  const switchTo = async ({ id }: WorkspaceItem) => {
    try {
      enterWorkspace(services, await services.api.post(`/v1/tenants/${id}/switch`));
    } catch (error) {
      setQuestion({ kind: "problem", problem: problemOf(error) });
    }
  };

  const here = { ...workspace, is_current: true, purge_after: null };
  const items = (all?.items ?? [here]).map((item) =>
    itemOf(item, {
      onSwitch: () => void switchTo(item),
      onRestore: () => setQuestion({ kind: "restore", workspace: item }),
    }),
  );
  return (
    <div className="workspace">
      <Menu
        className="workspace-button"
        onOpen={open}
        groups={[
          { label: `Workspaces of ${user.email}`, items },
          {
            items: [
              {
                label: "New workspace…",
                icon: "plus",
                onSelect: () => setQuestion({ kind: "create" }),
              },
              {
                label: "People and invitations",
                icon: "people",
                onSelect: () => go({ screen: "settings", section: "people" }),
              },
              {
                label: "Workspace settings",
                icon: "settings",
                onSelect: () => go({ screen: "settings", section: "workspace" }),
              },
            ],
          },
        ]}
      >
        <span className="visually-hidden">Workspace </span>
        <span className="workspace-name">{workspace.name}</span>
        <Icon name="chevronDown" size={15} />
      </Menu>
      {data && <Tags workspace={data} />}
      {question && (
        <Suspense>
          <WorkspaceDialog question={question} onClose={() => setQuestion(null)} />
        </Suspense>
      )}
    </div>
  );
}

function itemOf(
  item: WorkspaceItem,
  acts: { onSwitch: () => void; onRestore: () => void },
): MenuItem {
  const { id, name: label, role, is_current, purge_after } = item;
  if (purge_after) {
    const note = `Deleted; gone for good on ${day(purge_after)}. Restore…`;
    return { id, label, note, onSelect: acts.onRestore };
  }
  const onSelect = is_current ? () => undefined : acts.onSwitch;
  return { id, label, note: role, isChecked: is_current, onSelect };
}

// The format module is left to the answers: it would be a part of the first load from here.
const DAY = { timeZone: "UTC", dateStyle: "medium" } as const;
const day = (moment: string): string => new Date(moment).toLocaleDateString("en-US", DAY);

function Tags({ workspace }: { workspace: Workspace }) {
  return (
    <div className="workspace-tags">
      {workspace.has_sample_data && (
        <p className="tag tag-info" title="Made-up data, to try things out with">
          Sample data
        </p>
      )}
      <TrialTag workspace={workspace} />
    </div>
  );
}

function TrialTag({ workspace }: { workspace: Workspace }) {
  const days = trialDaysLeft(workspace, Date.now());
  if (days === null) return null;
  if (days === 0) return <p className="tag tag-warn">Trial ended</p>;
  return (
    <p
      className={days > 3 ? "tag" : "tag tag-warn"}
      title={`The trial ends on ${day(workspace.trial_ends_at ?? "")}`}
    >
      <span className="trial-word">Trial: </span>
      {days === 1 ? "1 day left" : `${days} days left`}
    </p>
  );
}
