import { type ChangeEvent, useRef, useState } from "react";
import type { LoadReport } from "../api/shapes";
import { useServices } from "../services";
import { formatRange, formatValue } from "../ui/format";
import { Notice } from "../ui/Notice";
import { useSubmit } from "../ui/useSubmit";
import "./noData.css";

const KINDS = ".csv,.parquet,.json,.jsonl,.ndjson,.gz";

interface FileLoadProps {
  isDisabled?: boolean;
  /** Goes on to what the data is for. */
  onDone?: () => void;
  /** Called once a file is in. */
  onLoaded?: () => void;
}

/** A file of one's own data; which source it is from is told off the file. */
export function FileLoad({ isDisabled = false, onDone, onLoaded }: FileLoadProps) {
  const { api } = useServices();
  const input = useRef<HTMLInputElement>(null);
  const { isBusy, problem, submit } = useSubmit();
  const [report, setReport] = useState<LoadReport | null>(null);
  const load = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    // The same file may be chosen again, once it is mended.
    event.target.value = "";
    if (!file) return;
    setReport(null);
    void submit(async () => {
      const query = new URLSearchParams({ filename: safeName(file.name) });
      setReport(await api.upload(`/v1/integrations/auto/upload?${query}`, file));
      onLoaded?.();
    });
  };
  return (
    <section className="way" aria-labelledby="file-heading">
      <h3 id="file-heading">Load a file</h3>
      <p>
        An export of GA4, Search Console or HubSpot, as CSV, Parquet or JSON lines, also gzipped.
        Loaded wholly or not at all; loading it again changes nothing.
      </p>
      {problem && <Notice problem={problem} />}
      {report && <Notice message={summary(report)} />}
      <input
        ref={input}
        className="visually-hidden"
        type="file"
        accept={KINDS}
        tabIndex={-1}
        aria-label="File to load"
        onChange={load}
      />
      <button
        type="button"
        className="button"
        disabled={isDisabled}
        aria-disabled={isBusy}
        onClick={() => {
          if (!isBusy) input.current?.click();
        }}
      >
        {isBusy ? "Loading…" : report ? "Choose another file" : "Choose a file"}
      </button>
      {report && onDone && (
        // Asked for, and not at once: the report would be gone before it is read.
        <button type="button" className="button button-primary" onClick={onDone}>
          Start asking
        </button>
      )}
    </section>
  );
}

// What the server takes as a name; it only tells the format.
function safeName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "file";
}

function summary({
  file_name,
  rows_loaded,
  rows_rejected,
  first_day,
  last_day,
  warnings,
}: LoadReport) {
  const rows = (count: number) =>
    `${formatValue(count, "integer")} ${count === 1 ? "row" : "rows"}`;
  const days = first_day && last_day ? `, ${formatRange(first_day, last_day)}` : "";
  const left = rows_rejected > 0 ? ` ${rows(rows_rejected)} could not be taken.` : "";
  return [`${file_name}: ${rows(rows_loaded)} loaded${days}.${left}`, ...warnings].join(" ");
}
