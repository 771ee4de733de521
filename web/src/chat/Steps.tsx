import { Icon } from "../ui/Icon";
import type { Step, ToolCall, Turn } from "./turn";
import { UNDERSTANDING } from "./turn";

const STEP_LABELS: Record<string, string> = {
  [UNDERSTANDING]: "Understanding",
  sql_analyst: "Querying",
  chart_builder: "Charting",
  integration_setup: "Setting up",
};

/** What a tool is doing, and what it has done. */
const TOOL_LABELS: Record<string, readonly [string, string]> = {
  list_views: ["Looking at the views", "Looked at the views"],
  describe_view: ["Reading a view's description", "Read a view's description"],
  list_metrics: ["Searching the metrics", "Searched the metrics"],
  query_metrics: ["Running a metric query", "Ran a metric query"],
  explain_change: ["Taking the change apart", "Took the change apart"],
  forecast_metric: ["Forecasting and testing it", "Forecast, and tested how well"],
  find_anomalies: ["Looking for unusual days", "Looked for unusual days"],
  find_values: ["Looking up names in the data", "Looked up names in the data"],
  run_sql: ["Running free SQL", "Ran free SQL"],
  get_result: ["Reading the result", "Read the result"],
  get_freshness: ["Looking how far the data reaches", "Looked how far the data reaches"],
  build_chart: ["Drawing the chart", "Drew the chart"],
};

const words = (name: string): string => name.replaceAll("_", " ");

/** What is being done: open while it happens, one line once it is done. */
export function Steps({ turn }: { turn: Turn }) {
  if (turn.isRunning) return <Timeline steps={turn.steps} />;
  const tools = turn.steps.flatMap(({ tools }) => tools);
  if (tools.length === 0) return null;
  return (
    <details className="steps-done">
      <summary>
        <Icon name="chevron" size={14} />
        {turn.steps.map(({ name }) => STEP_LABELS[name] ?? words(name)).join(" → ")}
      </summary>
      <ul>
        {turn.steps.flatMap((step) =>
          step.tools.map((tool) => <ToolLine key={tool.id} agent={step.name} tool={tool} />),
        )}
      </ul>
    </details>
  );
}

function Timeline({ steps }: { steps: Step[] }) {
  return (
    <ol className="steps" aria-label="Progress">
      {steps.map((step, i) => {
        const tool = step.isDone ? undefined : step.tools.findLast(({ isDone }) => !isDone);
        return (
          <li key={i} data-done={step.isDone}>
            {step.isDone ? (
              <Icon name="check" size={13} />
            ) : (
              <span className="pulse" aria-hidden="true" />
            )}
            {STEP_LABELS[step.name] ?? words(step.name)}
            {tool && (
              <span className="step-tool">{TOOL_LABELS[tool.name]?.[0] ?? words(tool.name)}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** What a tool found, without what is for the agents: a handle, and how to read on with it. */
function summaryOf(text: string): string {
  return text
    .replace(/,? ?\bres_[\w-]+/, "")
    .replace(/\(rows 1-\d+ of ([\d,]+)\)\. More: .*$/s, "($1 rows)")
    .replace(/\(1 rows\)/, "(1 row)");
}

function ToolLine({ agent, tool }: { agent: string; tool: ToolCall }) {
  return (
    <li>
      <span>{TOOL_LABELS[tool.name]?.[1] ?? words(tool.name)}</span>
      {tool.summary && <span className="step-summary">{summaryOf(tool.summary)}</span>}
      {agent !== UNDERSTANDING && <span className="step-agent">{words(agent)}</span>}
    </li>
  );
}
