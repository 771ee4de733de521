import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import type { DashboardItem, PinnedChart } from "../api/shapes";
import { DASHBOARDS, dashboardKey, useDashboards } from "../dashboards/queries";
import { PlaceLink } from "../navigation/PlaceLink";
import { useServices } from "../services";
import { wordsOf } from "../ui/fieldProblem";
import { Icon } from "../ui/Icon";
import { later } from "../ui/later";
import { Menu, type MenuItem } from "../ui/Menu";
import { useSubmit } from "../ui/useSubmit";
import "./pinning.css";

const NewDashboard = later(() => import("../dashboards/NewDashboard"));

export interface KeptTurn {
  conversationId: string;
  turnId: string;
}

/** Keeps the chart of an answer on a dashboard; the server takes it from the answer it keeps. */
export function PinButton({ turn }: { turn: KeptTurn }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const [wasOpened, setWasOpened] = useState(false);
  const [isNaming, setIsNaming] = useState(false);
  const [pinned, setPinned] = useState<{ id: string; name: string } | null>(null);
  const { data, error } = useDashboards({ isEnabled: wasOpened });
  const { isBusy, problem, submit } = useSubmit();

  const pin = (dashboard: Pick<DashboardItem, "id" | "name"> | null) =>
    submit(async (key) => {
      const { conversationId, turnId } = turn;
      const body = { conversation_id: conversationId, turn_id: turnId };
      const chart = await api.post<PinnedChart>(
        "/v1/charts/pin",
        dashboard ? { ...body, dashboard_id: dashboard.id } : body,
        key,
      );
      setPinned({ id: chart.dashboard_id, name: dashboard?.name ?? "your dashboard" });
      void queries.invalidateQueries({ queryKey: DASHBOARDS });
      void queries.invalidateQueries({ queryKey: dashboardKey(chart.dashboard_id) });
    });

  const open = () => {
    setWasOpened(true);
    NewDashboard.preload();
  };
  const known = data?.pages.flatMap(({ items }) => items);
  const items: MenuItem[] = known
    ? known.map((item) => ({ id: item.id, label: item.name, onSelect: () => void pin(item) }))
    : [{ label: error ? "The list could not be loaded" : "Loading…", isDisabled: true, onSelect() {} }];
  if (known?.length === 0) items.push({ label: "A first dashboard", onSelect: () => void pin(null) });
  return (
    <>
      <Menu
        className="pin"
        onOpen={open}
        groups={[
          { label: "Pin to", items },
          {
            items: [
              { label: "New dashboard…", icon: "plus", onSelect: () => setIsNaming(true) },
            ],
          },
        ]}
      >
        <Icon name="pin" size={15} />
        {isBusy ? "Pinning…" : "Pin"}
      </Menu>
      <p className="pin-message" role="status">
        {pinned && !isBusy && !problem && (
          <>
            Pinned to{" "}
            <PlaceLink className="link" to={{ screen: "dashboard", id: pinned.id }}>
              {pinned.name}
            </PlaceLink>
          </>
        )}
        {problem && <span className="pin-problem">Not pinned: {wordsOf(problem)}</span>}
      </p>
      {isNaming && (
        <Suspense>
          <NewDashboard onMade={(made) => void pin(made)} onClose={() => setIsNaming(false)} />
        </Suspense>
      )}
    </>
  );
}
