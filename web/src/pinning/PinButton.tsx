import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import type { DashboardItem, PinnedChart } from "../api/shapes";
import { type Problem, problemOf } from "../api/problem";
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

/** What became of pinning: where the chart is now, or why it is not. */
export type Pinning = { dashboard: Pick<DashboardItem, "id" | "name"> } | { problem: Problem };

interface PinButtonProps {
  turn: KeptTurn;
  /** Called with null when another attempt begins. */
  onChange: (pinning: Pinning | null) => void;
}

/** Keeps the chart of an answer on a dashboard; the server takes it from the answer it keeps. */
export function PinButton({ turn, onChange }: PinButtonProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const [wasOpened, setWasOpened] = useState(false);
  const [isNaming, setIsNaming] = useState(false);
  const { data, error } = useDashboards({ isEnabled: wasOpened });
  const { isBusy, submit } = useSubmit();

  const pin = (dashboard: Pick<DashboardItem, "id" | "name"> | null) =>
    submit(async (key) => {
      onChange(null);
      const { conversationId, turnId } = turn;
      const body = { conversation_id: conversationId, turn_id: turnId };
      try {
        const chart = await api.post<PinnedChart>(
          "/v1/charts/pin",
          dashboard ? { ...body, dashboard_id: dashboard.id } : body,
          key,
        );
        const id = chart.dashboard_id;
        onChange({ dashboard: dashboard ?? { id, name: "your dashboard" } });
        void queries.invalidateQueries({ queryKey: DASHBOARDS });
        void queries.invalidateQueries({ queryKey: dashboardKey(id) });
      } catch (error) {
        onChange({ problem: problemOf(error) });
        throw error;
      }
    });

  const open = () => {
    setWasOpened(true);
    NewDashboard.preload();
  };
  const known = data?.pages.flatMap(({ items }) => items);
  const items: MenuItem[] = known
    ? known.map((item) => ({ id: item.id, label: item.name, onSelect: () => void pin(item) }))
    : [
        {
          label: error ? "The list could not be loaded" : "Loading…",
          isDisabled: true,
          onSelect() {},
        },
      ];
  if (known?.length === 0)
    items.push({ label: "Dashboard", note: "A first one", onSelect: () => void pin(null) });
  return (
    <>
      <Menu
        className="card-button"
        onOpen={open}
        groups={[
          { label: "Pin to", items },
          {
            items: [{ label: "New dashboard…", icon: "plus", onSelect: () => setIsNaming(true) }],
          },
        ]}
      >
        <Icon name="pin" size={15} />
        {isBusy ? "Pinning…" : "Pin"}
      </Menu>
      {isNaming && (
        <Suspense>
          <NewDashboard onMade={(made) => void pin(made)} onClose={() => setIsNaming(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Says what became of pinning. */
export function PinMessage({ pinning }: { pinning: Pinning | null }) {
  return (
    <p className="pin-message" role="status">
      {pinning && "dashboard" in pinning && (
        <>
          Pinned to{" "}
          <PlaceLink className="link" to={{ screen: "dashboard", id: pinning.dashboard.id }}>
            {pinning.dashboard.name}
          </PlaceLink>
        </>
      )}
      {pinning && "problem" in pinning && (
        <span className="pin-problem">Not pinned: {wordsOf(pinning.problem)}</span>
      )}
    </p>
  );
}
