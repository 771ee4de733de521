import { useState } from "react";
import { problemOf } from "../api/problem";
import type { FileFormat } from "../api/shapes";
import { formatValue } from "../ui/format";
import { Icon } from "../ui/Icon";

const FORMATS: readonly [FileFormat, string][] = [
  ["csv", "CSV"],
  ["parquet", "Parquet"],
];

interface DownloadButtonsProps {
  rowCount: number;
  download: (format: FileFormat) => Promise<void>;
}

/** The whole result as a file, however few of its rows are on the screen. */
export function DownloadButtons({ rowCount, download }: DownloadButtonsProps) {
  const [pending, setPending] = useState<FileFormat | null>(null);
  const [message, setMessage] = useState("");
  const take = async (format: FileFormat) => {
    setPending(format);
    setMessage("");
    try {
      await download(format);
    } catch (error) {
      const problem = problemOf(error);
      setMessage(
        problem.status === 404
          ? "This result is no longer kept. Ask again to download it."
          : `The download failed: ${problem.detail || problem.title}`,
      );
    } finally {
      setPending(null);
    }
  };
  const rows = rowCount === 1 ? "row" : "rows";
  return (
    <div className="downloads" role="group" aria-label="Download all rows">
      <span>
        {formatValue(rowCount, "integer")} {rows} as
      </span>
      {FORMATS.map(([format, name]) => (
        <button
          key={format}
          type="button"
          aria-label={`Download ${name}`}
          aria-busy={pending === format}
          disabled={pending !== null}
          onClick={() => void take(format)}
        >
          <Icon name="download" size={15} />
          {name}
        </button>
      ))}
      <span className="downloads-message" role="status">
        {message}
      </span>
    </div>
  );
}
