import type { ChartSpec, Option, Receipt, ResultPreview, TurnReply } from "./shapes";

/** What `gtm.options` carries: a question back or a refusal, with ways on. */
export interface OptionsValue {
  kind: "clarify" | "refuse";
  message: string;
  options: Option[];
}

type CustomEvent =
  | { type: "CUSTOM"; name: "gtm.result"; value: ResultPreview }
  | { type: "CUSTOM"; name: "gtm.chart"; value: ChartSpec }
  | { type: "CUSTOM"; name: "gtm.receipt"; value: Receipt }
  | { type: "CUSTOM"; name: "gtm.options"; value: OptionsValue }
  | { type: "CUSTOM"; name: "gtm.turn"; value: TurnReply };

/** The AG-UI events the UI reads; any other type passes through unread. */
export type AgUiEvent =
  | { type: "RUN_STARTED"; threadId: string; runId: string }
  | { type: "STEP_STARTED"; stepName: string }
  | { type: "STEP_FINISHED"; stepName: string }
  | { type: "TOOL_CALL_START"; toolCallId: string; toolCallName: string }
  | { type: "TOOL_CALL_ARGS"; toolCallId: string; delta: string }
  | { type: "TOOL_CALL_END"; toolCallId: string }
  | { type: "TOOL_CALL_RESULT"; messageId: string; toolCallId: string; content: string }
  | { type: "TEXT_MESSAGE_START"; messageId: string; role: string }
  | { type: "TEXT_MESSAGE_CONTENT"; messageId: string; delta: string }
  | { type: "TEXT_MESSAGE_END"; messageId: string }
  | CustomEvent
  | { type: "RUN_FINISHED"; threadId: string; runId: string }
  | { type: "RUN_ERROR"; message: string; code?: string | null };
