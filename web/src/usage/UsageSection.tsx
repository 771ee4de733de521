import type { UsageItem } from "../api/shapes";
import { formatBytes, formatDate, formatValue } from "../ui/format";
import { ScreenProblem } from "../ui/ScreenProblem";
import { useUsage } from "./queries";

type Metric = UsageItem["metric"];

const METRICS: readonly (readonly [Metric, string])[] = [
  ["questions", "Questions"],
  ["queries", "Queries"],
  ["bytes_processed", "Data read"],
  ["model_calls", "Model calls"],
  ["tool_calls", "Tool calls"],
  ["model_tokens", "Model tokens"],
];

const MONTHS = 12;

/** How much the workspace has used, this month and in the months before. */
export function UsageSection() {
  const { data, error, refetch } = useUsage(MONTHS);
  return (
    <section className="block" aria-labelledby="usage-heading">
      <h3 id="usage-heading">Usage</h3>
      <p>Of everybody in the workspace, by calendar month (UTC).</p>
      <div className="block-body">
        {error && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {data && <Figures items={data.items} />}
      </div>
    </section>
  );
}

function Figures({ items }: { items: readonly UsageItem[] }) {
  const used = new Map(items.map((item) => [`${item.period} ${item.metric}`, item.used]));
  const begun = items.filter((item) => item.used > 0).map(({ period }) => period);
  const periods = [...new Set(begun)].toSorted().reverse();
  const now = new Date().toISOString().slice(0, 7);
  const earlier = periods.filter((period) => period !== now);
  const text = (period: string, metric: Metric) =>
    show(metric, used.get(`${period} ${metric}`) ?? 0);
  return (
    <>
      <dl className="figures" aria-label="This month">
        {METRICS.map(([metric, label]) => (
          <div key={metric}>
            <dt>{label} this month</dt>
            <dd>{text(now, metric)}</dd>
          </div>
        ))}
      </dl>
      {earlier.length > 0 && (
        <div className="wide-scroll" role="region" aria-label="Earlier months" tabIndex={0}>
          <table className="plain-table">
            <caption className="visually-hidden">Usage of earlier months</caption>
            <thead>
              <tr>
                <th scope="col">Month</th>
                {METRICS.map(([metric, label]) => (
                  <th key={metric} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {earlier.map((period) => (
                <tr key={period}>
                  <th scope="row">{formatDate(`${period}-01`, "month")}</th>
                  {METRICS.map(([metric]) => (
                    <td key={metric}>{text(period, metric)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

const show = (metric: Metric, used: number): string =>
  metric === "bytes_processed" ? formatBytes(used) : formatValue(used, "integer");
