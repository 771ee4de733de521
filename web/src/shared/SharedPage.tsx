import { useQuery } from "@tanstack/react-query";
import { Suspense } from "react";
import type { SharedDashboard } from "../api/shapes";
import { useServices } from "../services";
import { later } from "../ui/later";
import { Logo } from "../ui/Logo";
import { ScreenProblem } from "../ui/ScreenProblem";
import { ThemeToggle } from "../ui/ThemeToggle";
import { useTitle } from "../ui/useTitle";
import "./shared.css";

const SharedCharts = later(() => import("./SharedCharts"));
// Both are needed: the code need not wait for the data.
void SharedCharts.preload();

const MISSING = {
  title: "This link doesn't work any more",
  detail:
    "It was taken back, has run out, or was not copied whole. Ask whoever sent it for a new one.",
};

/** A dashboard as its share link shows it: to anybody, to look at only. */
export default function SharedPage({ token }: { token: string }) {
  const { api } = useServices();
  const { data, error, refetch } = useQuery({
    queryKey: ["shared", token],
    queryFn: () => api.openly<SharedDashboard>("GET", `/v1/shared/${encodeURIComponent(token)}`),
  });
  useTitle(data?.name);
  return (
    <div className="shared">
      <header className="shared-head">
        <Logo size={26} />
        <div className="shared-title">
          <h1>{data?.name ?? "Shared dashboard"}</h1>
          {data && <p>{data.workspace_name} · shared to look at</p>}
        </div>
        <ThemeToggle />
      </header>
      <main className="shared-main">
        <h2 className="visually-hidden">Charts</h2>
        {error ? (
          <ScreenProblem error={error} missing={MISSING} onRetry={() => void refetch()} />
        ) : !data ? (
          <div className="screen-loading" aria-busy="true" />
        ) : data.charts.length === 0 ? (
          <div className="nothing">
            <h3>There is nothing on this dashboard yet</h3>
            <p>Charts that are pinned to it will show here.</p>
          </div>
        ) : (
          <Suspense fallback={<div className="screen-loading" aria-busy="true" />}>
            <SharedCharts charts={data.charts} />
          </Suspense>
        )}
      </main>
    </div>
  );
}
