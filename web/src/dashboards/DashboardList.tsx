import { Suspense, useState } from "react";
import type { DashboardItem } from "../api/shapes";
import { PlaceLink } from "../navigation/PlaceLink";
import { go, START } from "../navigation/place";
import { formatTime } from "../ui/format";
import { Icon } from "../ui/Icon";
import { ScreenHead } from "../ui/ScreenHead";
import { ScreenProblem } from "../ui/ScreenProblem";
import { ShowMore } from "../ui/ShowMore";
import { useIsAtLeast } from "../workspace/queries";
import NewDashboard from "./NewDashboard";
import { useDashboards } from "./queries";
import "./dashboards.css";

/** The dashboards of the workspace. */
export default function DashboardList() {
  const list = useDashboards();
  const { data, error, refetch } = list;
  const mayChange = useIsAtLeast("member");
  const [isNaming, setIsNaming] = useState(false);
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <div className="screen">
      <div className="screen-content">
        <ScreenHead
          title="Dashboards"
          lead="Charts worth coming back to, for everybody in the workspace."
        >
          {mayChange && items && items.length > 0 && (
            <button type="button" className="button" onClick={() => setIsNaming(true)}>
              <Icon name="plus" size={16} />
              New dashboard
            </button>
          )}
        </ScreenHead>
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!error && !items && <div className="screen-loading" aria-busy="true" />}
        {items?.length === 0 && <NoDashboards mayChange={mayChange} />}
        {items && items.length > 0 && (
          <ul className="dashboards" aria-label="Dashboards">
            {items.map((item) => (
              <li key={item.id}>
                <DashboardCard item={item} />
              </li>
            ))}
          </ul>
        )}
        <ShowMore list={list} />
      </div>
      {isNaming && (
        <Suspense>
          <NewDashboard
            onMade={({ id }) => go({ screen: "dashboard", id })}
            onClose={() => setIsNaming(false)}
          />
        </Suspense>
      )}
    </div>
  );
}

function DashboardCard({ item: { id, name, chart_count, updated_at } }: { item: DashboardItem }) {
  return (
    <PlaceLink className="dashboard-card" to={{ screen: "dashboard", id }}>
      <Icon name="grid" size={20} />
      <span className="dashboard-name">{name}</span>
      <span className="dashboard-about">
        {chart_count === 1 ? "1 chart" : `${chart_count} charts`} · changed {formatTime(updated_at)}
      </span>
    </PlaceLink>
  );
}

function NoDashboards({ mayChange }: { mayChange: boolean }) {
  return (
    <div className="nothing">
      <h3>No dashboards yet</h3>
      <p>
        {mayChange
          ? "Ask a question, then pin its chart: it is kept here with the query behind it, and brought up to date with one click."
          : "Members of the workspace pin charts from answers; they will show here."}
      </p>
      <button type="button" className="button button-primary" onClick={() => go(START)}>
        Ask a question
      </button>
    </div>
  );
}
