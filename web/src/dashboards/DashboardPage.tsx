import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Dashboard } from "../api/shapes";
import { go, START } from "../navigation/place";
import { useServices } from "../services";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { Notice } from "../ui/Notice";
import { ScreenHead } from "../ui/ScreenHead";
import { ScreenProblem } from "../ui/ScreenProblem";
import { useSubmit } from "../ui/useSubmit";
import { useIsAtLeast } from "../workspace/queries";
import { ChartGrid } from "./ChartGrid";
import { DashboardDialog, type DashboardQuestion } from "./DashboardDialog";
import { dashboardKey, dashboardPath, useDashboard } from "./queries";
import { ShareDialog } from "./ShareDialog";
import "./dashboards.css";

const MISSING = {
  title: "No such dashboard here",
  detail: "It isn't in this workspace. It may belong to another one, or have been deleted.",
};

/** One dashboard. */
export default function DashboardPage({ id }: { id: string }) {
  const { data, error, refetch } = useDashboard(id);
  return (
    <div className="screen">
      <div className="screen-content">
        {data ? (
          <Shown dashboard={data} />
        ) : (
          <>
            <ScreenHead title="Dashboard" />
            {error ? (
              <ScreenProblem error={error} missing={MISSING} onRetry={() => void refetch()} />
            ) : (
              <div className="screen-loading" aria-busy="true" />
            )}
          </>
        )}
      </div>
    </div>
  );
}

function Shown({ dashboard }: { dashboard: Dashboard }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit();
  const [question, setQuestion] = useState<DashboardQuestion | "share" | null>(null);
  const [message, setMessage] = useState("");
  const mayChange = useIsAtLeast("member");
  const mayShare = useIsAtLeast("admin");
  const { id, name, charts } = dashboard;
  const refresh = () =>
    submit(async () => {
      setMessage("");
      const next = await api.post<Dashboard>(`${dashboardPath(id)}/refresh`);
      queries.setQueryData(dashboardKey(id), next);
      setMessage(outcome(next));
    });
  const close = () => setQuestion(null);
  return (
    <>
      <ScreenHead title={name}>
        {mayChange && charts.length > 0 && (
          <button
            type="button"
            className="button"
            aria-disabled={isBusy}
            onClick={() => void refresh()}
          >
            <Icon name="refresh" size={16} />
            {isBusy ? "Refreshing…" : "Refresh"}
          </button>
        )}
        {mayShare && (
          <button type="button" className="button" onClick={() => setQuestion("share")}>
            <Icon name="link" size={16} />
            Share
          </button>
        )}
        {mayChange && (
          <Menu
            label="Dashboard options"
            className="icon-button"
            groups={[
              {
                items: [
                  { label: "Rename…", onSelect: () => setQuestion("rename") },
                  { label: "Delete…", isDanger: true, onSelect: () => setQuestion("delete") },
                ],
              },
            ]}
          >
            <Icon name="more" />
          </Menu>
        )}
      </ScreenHead>
      {problem && <Notice problem={problem} />}
      <p className="screen-message" role="status">
        {message}
      </p>
      {charts.length === 0 ? (
        <Empty mayChange={mayChange} />
      ) : (
        <ChartGrid dashboard={dashboard} mayChange={mayChange} onMessage={setMessage} />
      )}
      {question === "share" && <ShareDialog dashboard={dashboard} onClose={close} />}
      {question && question !== "share" && (
        <DashboardDialog question={question} dashboard={dashboard} onClose={close} />
      )}
    </>
  );
}

function outcome({ charts }: Dashboard): string {
  const failed = charts.filter(({ error }) => error !== null).length;
  if (failed === 0) return "All charts are up to date.";
  const which = failed === 1 ? "One chart" : `${failed} charts`;
  return `${which} could not be refreshed; the data from before is shown.`;
}

function Empty({ mayChange }: { mayChange: boolean }) {
  return (
    <div className="nothing">
      <h3>Nothing is pinned here yet</h3>
      <p>
        {mayChange
          ? "Ask a question, and choose “Pin” at its chart."
          : "Members of the workspace pin charts from answers; they will show here."}
      </p>
      <button type="button" className="button button-primary" onClick={() => go(START)}>
        Ask a question
      </button>
    </div>
  );
}
