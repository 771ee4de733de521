import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Workspace } from "../api/shapes";
import { useServices } from "../services";

const BUILD_POLL_MS = 1_000;

/** The workspace one works in; asked again until its views are built. */
export function useWorkspace() {
  const { api } = useServices();
  return useQuery({
    queryKey: ["workspace"],
    queryFn: () => api.workspace(),
    refetchInterval: ({ state }) => (state.data?.is_ready === false ? BUILD_POLL_MS : false),
  });
}

type Filling = "unknown" | "building" | "empty" | "filled";

/** What there is to ask about; "filled" as well when nobody can say. */
export function useFilling(): Filling {
  const { api } = useServices();
  const workspace = useWorkspace();
  const isBuilding = workspace.data?.is_ready === false;
  const [wasBuilding, setWasBuilding] = useState(false);
  if (isBuilding && !wasBuilding) setWasBuilding(true);
  // Another person, or a load from the command line, may have brought data in since.
  const { data } = useQuery({
    queryKey: ["integrations"],
    queryFn: () => api.integrations(),
    enabled: workspace.data?.is_ready === true,
    refetchOnMount: "always",
  });
  if (workspace.isPending) return "unknown";
  if (isBuilding) return "building";
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
