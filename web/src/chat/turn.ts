import type { AgUiEvent, OptionsValue } from "../api/events";
import type { Problem } from "../api/problem";
import type {
  ChartSpec,
  ModelInfo,
  Option,
  Outcome,
  Receipt,
  ResultPreview,
  TurnReply,
  Verified,
} from "../api/shapes";

export interface ToolCall {
  id: string;
  name: string;
  summary: string;
  isDone: boolean;
}

/** One stretch of work on a turn: an agent, or the root before any agent has the floor. */
export interface Step {
  name: string;
  isDone: boolean;
  tools: ToolCall[];
}

/** A question and all that is known of its answer so far. */
export interface Turn {
  key: string;
  conversationId: string | null;
  /** What the server keeps it as; null until it is kept. */
  turnId: string | null;
  question: string;
  isRunning: boolean;
  outcome: Outcome | null;
  steps: Step[];
  text: string;
  chart: ChartSpec | null;
  result: ResultPreview | null;
  receipt: Receipt | null;
  options: OptionsValue | null;
  /** What could be asked next, where it answers no question of its own. */
  suggestions: Option[];
  problem: Problem | null;
  model: ModelInfo | null;
  /** Whose answer to the same question this one repeats. */
  verified: Verified | null;
}

export const UNDERSTANDING = "understanding";

export function newTurn(key: string, question: string, conversationId: string | null): Turn {
  return {
    key,
    conversationId,
    turnId: null,
    question,
    isRunning: true,
    outcome: null,
    steps: [{ name: UNDERSTANDING, isDone: false, tools: [] }],
    text: "",
    chart: null,
    result: null,
    receipt: null,
    options: null,
    suggestions: [],
    problem: null,
    model: null,
    verified: null,
  };
}

export function turnOf(reply: TurnReply): Turn {
  return settle({ ...newTurn(reply.turn_id, reply.question, null), steps: [] }, reply);
}

/** Folds one event into the turn. Pure; unknown events change nothing. */
export function reduce(turn: Turn, event: AgUiEvent): Turn {
  switch (event.type) {
    case "RUN_STARTED":
      return { ...turn, conversationId: event.threadId };
    case "STEP_STARTED":
      return { ...turn, steps: startStep(turn.steps, event.stepName) };
    case "STEP_FINISHED":
      return { ...turn, steps: finishStep(turn.steps, event.stepName) };
    case "TOOL_CALL_START":
      return { ...turn, steps: startTool(turn.steps, event.toolCallId, event.toolCallName) };
    case "TOOL_CALL_RESULT":
      return { ...turn, steps: finishTool(turn.steps, event.toolCallId, event.content) };
    case "TEXT_MESSAGE_START":
      return turn.text ? { ...turn, text: `${turn.text}\n\n` } : turn;
    case "TEXT_MESSAGE_CONTENT":
      return { ...turn, text: turn.text + event.delta };
    case "CUSTOM":
      return reduceCustom(turn, event);
    case "RUN_FINISHED":
      return finish(turn, turn.outcome ?? "answer");
    case "RUN_ERROR":
      return failed(turn, runProblem(event.message, event.code));
    default:
      return turn;
  }
}

export function failed(turn: Turn, problem: Problem): Turn {
  return { ...finish(turn, "error"), problem };
}

export function stopped(turn: Turn): Turn {
  return turn.isRunning ? finish(turn, "stopped") : turn;
}

function reduceCustom(turn: Turn, event: Extract<AgUiEvent, { type: "CUSTOM" }>): Turn {
  switch (event.name) {
    case "gtm.result":
      return { ...turn, result: event.value };
    case "gtm.chart":
      return { ...turn, chart: event.value };
    case "gtm.receipt":
      return { ...turn, receipt: event.value };
    case "gtm.options":
      return { ...turn, options: event.value, outcome: event.value.kind };
    case "gtm.turn":
      return settle(turn, event.value);
    default:
      return turn;
  }
}

/** The server's own record of the turn wins over what was pieced together from the stream. */
function settle(turn: Turn, reply: TurnReply): Turn {
  const { insights = "", chart_spec = null, data = null, receipt = null, outcome } = reply;
  const options = optionsOf(reply);
  return {
    ...finish(turn, outcome),
    conversationId: reply.conversation_id,
    turnId: reply.turn_id,
    question: reply.question,
    text: insights,
    chart: chart_spec,
    result: data,
    receipt,
    options,
    suggestions: options ? [] : (reply.options ?? []),
    problem: outcome === "error" ? runProblem(insights) : null,
    model: reply.model,
    verified: reply.verified ?? null,
  };
}

function optionsOf(reply: TurnReply): OptionsValue | null {
  const { outcome, insights = "", options = [] } = reply;
  if (outcome !== "clarify" && outcome !== "refuse") return null;
  return { kind: outcome, message: insights, options };
}

function runProblem(message: string, code?: string | null): Problem {
  const detail = message || "The answer could not be finished.";
  return { status: 0, code: code ?? "turn_failed", title: "No answer this time", detail, hint: null, nearest: [] };
}

function finish(turn: Turn, outcome: Outcome): Turn {
  const steps = turn.steps.map((step) => ({ ...step, isDone: true }));
  return { ...turn, isRunning: false, outcome, steps };
}

function startStep(steps: Step[], name: string): Step[] {
  const earlier = steps.map((step) => (step.name === UNDERSTANDING ? { ...step, isDone: true } : step));
  return [...earlier, { name, isDone: false, tools: [] }];
}

function finishStep(steps: Step[], name: string): Step[] {
  return steps.map((step) => (step.name === name ? { ...step, isDone: true } : step));
}

function startTool(steps: Step[], id: string, name: string): Step[] {
  const open = steps.findLastIndex((step) => !step.isDone);
  const at = open === -1 ? steps.length - 1 : open;
  const call: ToolCall = { id, name, summary: "", isDone: false };
  return steps.map((step, i) => (i === at ? { ...step, tools: [...step.tools, call] } : step));
}

function finishTool(steps: Step[], id: string, summary: string): Step[] {
  const close = (call: ToolCall) => (call.id === id ? { ...call, summary, isDone: true } : call);
  return steps.map((step) => ({ ...step, tools: step.tools.map(close) }));
}
