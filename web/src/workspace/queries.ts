import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Integrations, Workspace, WorkspacePage } from "../api/shapes";
import { useServices, useSession } from "../services";
import { enterWorkspace } from "./entering";

const POLL_MS = 1_000;

export const WORKSPACE = ["workspace"];
export const INTEGRATIONS = ["integrations"];
export const WORKSPACES = ["workspaces"];

/** The workspace one works in; asked again while something is being built in it. */
export function useWorkspace() {
  const services = useServices();
  return useQuery({
    queryKey: WORKSPACE,
    queryFn: async () => {
      const workspace = await services.api.workspace();
      // The role may have changed, or another tab of this session may have gone elsewhere.
      enterWorkspace(services, workspace);
      return workspace;
    },
    refetchInterval: ({ state }) => (isUnderWay(state.data) ? POLL_MS : false),
    refetchOnWindowFocus: true,
  });
}

const isUnderWay = (workspace: Workspace | undefined): boolean =>
  workspace?.is_ready === false || workspace?.sample_status === "loading";

/** Every workspace of this person; to its owners also one that is deleted and may come back. */
export function useWorkspaces({ isEnabled }: { isEnabled: boolean }) {
  const { api } = useServices();
  return useQuery({
    queryKey: WORKSPACES,
    queryFn: () => api.get<WorkspacePage>("/v1/tenants"),
    enabled: isEnabled,
    refetchOnMount: "always",
  });
}

const RANKS = ["viewer", "member", "admin", "owner"] as const;
type Rank = (typeof RANKS)[number];

/** Whether one may do what it takes at least this role for. */
export function useIsAtLeast(rank: Rank): boolean {
  const { role } = useSession().workspace;
  return RANKS.indexOf(role) >= RANKS.indexOf(rank);
}

type Filling = "unknown" | "building" | "loading" | "empty" | "filled";

/** What there is to ask about; "filled" as well when nobody can say. */
export function useFilling(): Filling {
  const { api } = useServices();
  const workspace = useWorkspace();
  const isBuilding = workspace.data?.is_ready === false;
  const isLoading = workspace.data?.sample_status === "loading";
  const [wasBuilding, setWasBuilding] = useState(false);
  if (isBuilding && !wasBuilding) setWasBuilding(true);
  // Another person, or a load from the command line, may have brought data in since.
  const { data } = useQuery({
    queryKey: [...INTEGRATIONS, workspace.data?.sample_status ?? "none"],
    queryFn: () => api.get<Integrations>("/v1/integrations/status"),
    enabled: workspace.data?.is_ready === true && !isLoading,
    refetchOnMount: "always",
  });
  if (workspace.isPending) return "unknown";
  if (isBuilding) return "building";
  if (isLoading) return "loading";
  const isEmpty = data ? data.items.every(({ is_connected }) => !is_connected) : wasBuilding;
  return isEmpty ? "empty" : "filled";
}

const DAY_MS = 86_400_000;

/** Days of the trial that are left, a begun one counted; null when there is no trial. */
export function trialDaysLeft(workspace: Workspace, now: number): number | null {
  const { subscription_status, trial_ends_at } = workspace;
  if (subscription_status !== "trial" || !trial_ends_at) return null;
  return Math.max(0, Math.ceil((Date.parse(trial_ends_at) - now) / DAY_MS));
}
