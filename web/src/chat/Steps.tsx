import { Icon } from "../ui/Icon";
import type { Step, ToolCall, Turn } from "./turn";
import { UNDERSTANDING } from "./turn";

const STEP_LABELS: Record<string, string> = {
  [UNDERSTANDING]: "Understanding",
  sql_analyst: "Querying",
  chart_builder: "Charting",
  integration_setup: "Setting up",
};

const TOOL_LABELS: Record<string, string> = {
  list_views: "Looked at the views",
  describe_view: "Read a view's description",
  list_metrics: "Searched the metrics",
  query_metrics: "Ran a metric query",
  find_values: "Looked up names in the data",
  run_sql: "Ran free SQL",
  get_result: "Read the result",
  build_chart: "Drew the chart",
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
            {tool && <span className="step-tool">{words(tool.name)}</span>}
          </li>
        );
      })}
    </ol>
  );
}

// A result's handle is for the agents, not for people.
const withoutHandle = (summary: string): string => summary.replace(/,? ?\bres_[\w-]+/, "");

function ToolLine({ agent, tool }: { agent: string; tool: ToolCall }) {
  return (
    <li>
      <span>{TOOL_LABELS[tool.name] ?? words(tool.name)}</span>
      {tool.summary && <span className="step-summary">{withoutHandle(tool.summary)}</span>}
      {agent !== UNDERSTANDING && <span className="step-agent">{words(agent)}</span>}
    </li>
  );
}
