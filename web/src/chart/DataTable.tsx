import { useMemo, useState } from "react";
import { formatValue } from "../ui/format";
import { cellText, type Sorting, sortRows, type TableView } from "./tableView";

const SHOWN = 200;

interface DataTableProps {
  title: string;
  view: TableView;
}

/** The rows behind a chart; a click on a heading sorts by it. */
export function DataTable({ title, view }: DataTableProps) {
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const rows = useMemo(() => sortRows(view.rows, sorting).slice(0, SHOWN), [view.rows, sorting]);
  const sortBy = (column: number) => {
    const wasDescending = sorting?.column === column && sorting.isDescending;
    const isFirst = sorting?.column !== column;
    const startsDescending = view.columns[column]?.isNumeric ?? false;
    setSorting({ column, isDescending: isFirst ? startsDescending : !wasDescending });
  };
  return (
    <div className="table-wrap">
      <div className="table-scroll" role="region" aria-label={`${title}, table`} tabIndex={0}>
        <table>
          <caption className="visually-hidden">{title}</caption>
          <thead>
            <tr>
              {view.columns.map(({ key, label, isNumeric }, i) => (
                <th key={key} scope="col" data-numeric={isNumeric} aria-sort={direction(sorting, i)}>
                  <button type="button" onClick={() => sortBy(i)}>
                    {label}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              <tr key={r}>
                {view.columns.map((column, c) => (
                  <td key={column.key} data-numeric={column.isNumeric}>
                    {cellText(row[c], column, view.grain)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length < view.rowCount && (
        <p className="table-foot">
          Showing {formatValue(rows.length, "integer")} of {formatValue(view.rowCount, "integer")} rows
        </p>
      )}
    </div>
  );
}

function direction(sorting: Sorting | null, column: number): "ascending" | "descending" | undefined {
  if (sorting?.column !== column) return undefined;
  return sorting.isDescending ? "descending" : "ascending";
}
