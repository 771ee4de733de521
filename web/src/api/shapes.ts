import type { ChartSpec, Option, Receipt, ResolvedQuery, ResultColumn } from "./schema";

export type {
  Axis,
  ChartSpec,
  Format,
  Grain,
  Option,
  Receipt,
  ResultColumn,
  Series,
  SourceFreshness,
  Stat,
  TimeRange,
} from "./schema";

export type Cell = string | number | boolean | null;

export interface ModelInfo {
  name: string;
  is_rule_based: boolean;
}

export interface DemoLogin {
  email: string;
  password: string;
  workspace: string;
}

export interface Config {
  product: string;
  version: string;
  environment: string;
  is_auth_embedded: boolean;
  model: ModelInfo;
  demo_logins: DemoLogin[];
}

export interface User {
  id: string;
  email: string;
  name: string | null;
}

export interface Workspace {
  id: string;
  name: string;
  slug: string;
  role: string;
}

export interface Identity {
  user: User;
  workspace: Workspace;
}

export interface LoginReply extends Identity {
  access_token: string;
  token_type: string;
  expires_in: number;
}

/** The part of a result that is shown; the whole of it stays on the server under its handle. */
export interface ResultPreview {
  result_id: string;
  title: string;
  columns: ResultColumn[];
  rows: Cell[][];
  row_count: number;
  is_truncated: boolean;
  totals: Record<string, number | null>;
  resolved: ResolvedQuery | null;
  facts: string[];
}

export type Outcome = "answer" | "clarify" | "refuse" | "guide" | "error" | "stopped";

export interface TurnReply {
  conversation_id: string;
  turn_id: string;
  question: string;
  outcome: Outcome;
  insights: string;
  chart_spec: ChartSpec | null;
  data: ResultPreview | null;
  sql: string | null;
  receipt: Receipt | null;
  options: Option[];
  model: ModelInfo;
  created_at: string;
}

export interface ConversationSummary {
  id: string;
  title: string;
  updated_at: string;
}

export interface ConversationPage {
  items: ConversationSummary[];
  next_cursor: string | null;
}

export interface Conversation {
  id: string;
  title: string;
  turns: TurnReply[];
}
