import type { ReactNode } from "react";
import type { Receipt, SourceFreshness, TimeRange } from "../api/shapes";
import {
  formatBytes,
  formatDate,
  formatDuration,
  formatRange,
  formatTime,
  formatValue,
} from "../ui/format";
import { Icon } from "../ui/Icon";
import { SqlBlock } from "./SqlBlock";
import "./receipt.css";

/** What stands behind an answer, folded away under one line. */
export function ReceiptDisclosure({ receipt }: { receipt: Receipt }) {
  return (
    <details className="receipt">
      <summary>
        <Icon name="receipt" size={16} />
        <span className="receipt-title">How this was answered</span>
        <span className="receipt-gist">{gist(receipt)}</span>
        <Icon name="chevron" size={15} />
      </summary>
      <dl>
        <Line term="Kind">
          {receipt.is_governed ? (
            <>
              <span className="tag tag-good">Governed</span> Built from the metric catalogue
              {receipt.view && (
                <>
                  , over <code>{receipt.view}</code>
                </>
              )}
            </>
          ) : (
            <>
              <span className="tag tag-warn">Free SQL</span> Not built from the metric catalogue:
              check the SQL before relying on it
            </>
          )}
        </Line>
        <Metrics metrics={receipt.metrics ?? []} />
        {receipt.time && (
          <Line term="Period">
            <Period range={receipt.time} />
          </Line>
        )}
        {receipt.comparison && (
          <Line term="Compared with">
            <Period range={receipt.comparison} />
          </Line>
        )}
        <Line term="Filters">{sentences(receipt.filters) ?? "None"}</Line>
        {receipt.assumptions && receipt.assumptions.length > 0 && (
          <Line term="Assumed">{sentences(receipt.assumptions)}</Line>
        )}
        {receipt.freshness && receipt.freshness.length > 0 && (
          <Line term="Data through">
            <ul>
              {receipt.freshness.map((source) => (
                <li key={source.source}>{freshness(source)}</li>
              ))}
            </ul>
          </Line>
        )}
        <Line term="Cost">{cost(receipt)}</Line>
        {receipt.model && <Line term="Answered by">{receipt.model}</Line>}
      </dl>
      <SqlBlock sql={receipt.sql} />
    </details>
  );
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="receipt-line">
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Metrics({ metrics }: { metrics: NonNullable<Receipt["metrics"]> }) {
  if (metrics.length === 0) return null;
  return (
    <Line term={metrics.length === 1 ? "Metric" : "Metrics"}>
      <ul>
        {metrics.map(({ name, label, definition, source }) => (
          <li key={name}>
            <strong>{label}</strong> <span className="tag">{source}</span> {definition}
          </li>
        ))}
      </ul>
    </Line>
  );
}

function Period({ range }: { range: TimeRange }) {
  return (
    <>
      {formatRange(range.start, range.end)}
      {range.label && <span className="receipt-soft"> ({range.label})</span>}
      {range.is_assumed && <span className="tag tag-warn">assumed</span>}
    </>
  );
}

function sentences(texts: readonly string[] | undefined): ReactNode {
  if (!texts || texts.length === 0) return null;
  return (
    <ul>
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function gist({ time, row_count, duration_ms }: Receipt): string {
  const rows = `${formatValue(row_count, "integer")} ${row_count === 1 ? "row" : "rows"}`;
  const parts = [time ? formatRange(time.start, time.end) : null, rows, formatDuration(duration_ms)];
  return parts.filter((part) => part !== null).join(" · ");
}

function freshness({ source, through, final_through, is_known }: SourceFreshness): string {
  if (is_known === false) return `${source}: how far it reaches is not known`;
  if (!through) return `${source}: no data yet`;
  const until = `${source} through ${formatDate(through)}`;
  if (!final_through || final_through >= through) return until;
  return `${until}, may still change after ${formatDate(final_through)}`;
}

function cost(receipt: Receipt): string {
  const { row_count, bytes_processed, is_bytes_estimated, duration_ms, computed_at } = receipt;
  const rows = `${formatValue(row_count, "integer")} ${row_count === 1 ? "row" : "rows"}`;
  if (receipt.is_cached && computed_at) {
    return `${rows} · nothing read: the data is as it was at ${formatTime(computed_at)}`;
  }
  const bytes = `${formatBytes(bytes_processed)} read${is_bytes_estimated ? " (estimate)" : ""}`;
  return `${rows} · ${bytes} · ${formatDuration(duration_ms)}`;
}
