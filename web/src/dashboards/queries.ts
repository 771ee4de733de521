import { type QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Dashboard, DashboardPage, PinnedChart } from "../api/shapes";
import { useServices } from "../services";

export const DASHBOARDS = ["dashboards"];
export const dashboardKey = (id: string) => ["dashboard", id];

const PATH = "/v1/dashboards";
export const dashboardPath = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
export const chartPath = (id: string): string => `/v1/charts/${encodeURIComponent(id)}`;

/** The dashboards of the workspace. */
export function useDashboards({ isEnabled = true } = {}) {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: DASHBOARDS,
    queryFn: ({ pageParam }) =>
      api.get<DashboardPage>(pageParam ? `${PATH}?cursor=${pageParam}` : PATH),
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    enabled: isEnabled,
  });
}

export function useDashboard(id: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: dashboardKey(id),
    queryFn: () => api.get<Dashboard>(dashboardPath(id)),
    // Others pin to it as well.
    refetchOnMount: "always",
  });
}

/** Puts charts as the server answered them into a dashboard that is shown. */
export function keepCharts(
  queries: QueryClient,
  id: string,
  change: (charts: PinnedChart[]) => PinnedChart[],
): void {
  queries.setQueryData<Dashboard>(
    dashboardKey(id),
    (dashboard) => dashboard && { ...dashboard, charts: change(dashboard.charts) },
  );
  void queries.invalidateQueries({ queryKey: DASHBOARDS });
}
