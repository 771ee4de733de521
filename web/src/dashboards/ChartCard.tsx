import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { PinnedChart } from "../api/shapes";
import { ResultCard } from "../chart/ResultCard";
import { saveFile } from "../chart/saveFile";
import { ReceiptDisclosure } from "../receipt/ReceiptDisclosure";
import { useServices } from "../services";
import { formatTime } from "../ui/format";
import { Icon } from "../ui/Icon";
import { Menu, type MenuGroup } from "../ui/Menu";
import { Notice } from "../ui/Notice";
import { useSubmit } from "../ui/useSubmit";
import { ChartDialog, type ChartQuestion } from "./ChartDialog";
import { chartPath, keepCharts } from "./queries";

interface ChartCardProps {
  chart: PinnedChart;
  place: number;
  count: number;
  mayChange: boolean;
  onMove: (place: number) => void;
  onArrange: (change: (charts: PinnedChart[]) => PinnedChart[]) => void;
  onMessage: (message: string) => void;
}

/** A pinned chart, with how old it is and what can be done with it. */
export function ChartCard(props: ChartCardProps) {
  const { chart, place, count, mayChange, onMove, onArrange, onMessage } = props;
  const { api } = useServices();
  const queries = useQueryClient();
  const [question, setQuestion] = useState<ChartQuestion | null>(null);
  const { isBusy, problem, submit } = useSubmit();
  const { id, dashboard_id, title, chart_spec } = chart;

  const refresh = () =>
    submit(async () => {
      const next = await api.post<PinnedChart>(`${chartPath(id)}/refresh`);
      keepCharts(queries, dashboard_id, (charts) =>
        charts.map((old) => (old.id === id ? next : old)),
      );
      onMessage(next.error ? `${title} could not be refreshed.` : `${title} is up to date.`);
    });
  const download = () =>
    submit(async () => saveFile(await api.file(`${chartPath(id)}/image`, `${title}.png`)));

  const groups: MenuGroup[] = [
    {
      items: [
        ...(mayChange
          ? [
              { label: "Edit…", onSelect: () => setQuestion("edit") },
              { label: "Refresh", onSelect: () => void refresh() },
            ]
          : []),
        { label: "Download PNG", onSelect: () => void download() },
      ],
    },
  ];
  if (mayChange) {
    groups.push(
      {
        items: [
          { label: "Move forward", isDisabled: place === 0, onSelect: () => onMove(place - 1) },
          {
            label: "Move back",
            isDisabled: place === count - 1,
            onSelect: () => onMove(place + 1),
          },
        ],
      },
      { items: [{ label: "Unpin…", isDanger: true, onSelect: () => setQuestion("unpin") }] },
    );
  }
  return (
    <div className="chart-card" draggable={mayChange && question === null} aria-busy={isBusy}>
      <ResultCard
        chart={{ ...chart_spec, title }}
        result={null}
        actions={
          <Menu label={`Options for ${title}`} className="icon-button" groups={groups}>
            <Icon name="more" />
          </Menu>
        }
        foot={<Foot chart={chart} isBusy={isBusy} />}
      />
      {problem && <Notice problem={problem} />}
      {question && (
        <ChartDialog
          question={question}
          chart={chart}
          onArrange={onArrange}
          onMessage={onMessage}
          onClose={() => setQuestion(null)}
        />
      )}
    </div>
  );
}

function Foot({ chart, isBusy }: { chart: PinnedChart; isBusy: boolean }) {
  const { error, question, receipt, refreshed_at } = chart;
  return (
    <div className="chart-foot">
      {error && (
        <p className="chart-error">
          The last refresh failed: {error.detail} Shown is the data from before.
        </p>
      )}
      <p>
        {isBusy ? "One moment…" : <>As of {formatTime(refreshed_at)}</>}
        {question && <span className="chart-question"> · “{question}”</span>}
      </p>
      {receipt && <ReceiptDisclosure receipt={receipt} />}
    </div>
  );
}
