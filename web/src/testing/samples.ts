import type { AgUiEvent } from "../api/events";
import type {
  ChartSpec,
  Config,
  Dashboard,
  DashboardPage,
  LoginReply,
  PinnedChart,
  Receipt,
  ResultPreview,
  TurnReply,
  Verified,
  Workspace,
} from "../api/shapes";
import type { Membership } from "../auth/session";

export const CONFIG: Config = {
  product: "GTM Dashboard",
  version: "0.1.0",
  environment: "local",
  is_auth_embedded: true,
  model: { name: "local/analyst", is_rule_based: true },
  demo_logins: [
    { email: "demo@acme.example", password: "acme-demo", workspace: "Acme" },
    { email: "demo@globex.example", password: "globex-demo", workspace: "Globex" },
  ],
  sign_up: { is_open: true, has_google: true, outbox_url: "/auth/v1/outbox" },
};

const MEMBERSHIP = { id: "acme", name: "Acme", slug: "acme", role: "owner" } as const;

export const LOGIN: LoginReply & { workspace: Membership } = {
  access_token: "token-1",
  refresh_token: "refresh-1",
  token_type: "bearer",
  expires_in: 3600,
  user: { id: "u1", email: "demo@acme.example", name: "Ana Acme" },
  workspace: MEMBERSHIP,
};

export const WORKSPACE: Workspace = {
  ...MEMBERSHIP,
  subscription_status: "active",
  trial_ends_at: null,
  is_ready: true,
  has_sample_data: false,
  sample_status: "none",
  setup: { state: "ready", detail: null },
};

export const CHART: ChartSpec = {
  type: "bar",
  title: "Sessions by channel",
  data: [
    { channel: "Organic Search", sessions: 1200 },
    { channel: "Direct", sessions: 800 },
  ],
  config: {
    xAxis: { dataKey: "channel", label: "Channel", type: "category" },
    yAxis: { dataKey: "sessions", label: "Sessions", type: "number", format: "integer" },
    series: [{ dataKey: "sessions", name: "Sessions", format: "integer" }],
    isHorizontal: true,
  },
  note: "Shown as bars: a pie reads badly with this many channels.",
};

export const RESULT: ResultPreview = {
  result_id: "res_1",
  title: "Sessions by channel",
  columns: [
    { name: "channel", label: "Channel", role: "dimension", format: "text" },
    { name: "sessions", label: "Sessions", role: "metric", format: "integer" },
  ],
  rows: [
    ["Organic Search", 1200],
    ["Direct", 800],
  ],
  row_count: 412,
  is_truncated: true,
};

export const RECEIPT: Receipt = {
  is_governed: true,
  metrics: [
    { name: "sessions", label: "Sessions", definition: "Visits that began.", source: "GA4" },
  ],
  time: { start: "2026-10-23", end: "2026-11-21", label: "last 30 days", is_assumed: true },
  comparison: null,
  filters: ["Device category is mobile"],
  assumptions: ["No period was asked for."],
  view: "vw_sessions_daily",
  sql: "SELECT channel FROM vw_sessions_daily",
  row_count: 2,
  bytes_processed: 1_234_567,
  is_bytes_estimated: true,
  duration_ms: 23.4,
  freshness: [{ source: "GSC", through: "2026-11-19", final_through: "2026-11-17" }],
  model: "local/analyst",
};

export const VERIFIED: Verified = {
  id: "v1",
  question: "Top channels?",
  by: "Ana Acme",
  at: "2026-11-20T10:00:00Z",
  note: "Checked against the ad accounts.",
};

export function replyOf(changes: Partial<TurnReply> = {}): TurnReply {
  return {
    conversation_id: "c1",
    turn_id: "t1",
    question: "Top channels?",
    outcome: "answer",
    insights: "**Organic Search** leads with 1,200.",
    chart_spec: CHART,
    data: RESULT,
    sql: RECEIPT.sql,
    receipt: RECEIPT,
    options: [],
    model: CONFIG.model,
    created_at: "2026-11-22T10:00:00Z",
    ...changes,
  };
}

/** The events of a whole answered turn, in the order the server sends them. */
export function answered(reply: TurnReply = replyOf()): AgUiEvent[] {
  return [
    { type: "RUN_STARTED", threadId: reply.conversation_id, runId: reply.turn_id },
    { type: "STEP_STARTED", stepName: "sql_analyst" },
    { type: "TOOL_CALL_START", toolCallId: "a", toolCallName: "query_metrics" },
    { type: "TOOL_CALL_RESULT", messageId: "m", toolCallId: "a", content: "2 rows" },
    { type: "CUSTOM", name: "gtm.result", value: RESULT },
    { type: "STEP_FINISHED", stepName: "sql_analyst" },
    { type: "CUSTOM", name: "gtm.chart", value: CHART },
    { type: "TEXT_MESSAGE_START", messageId: "x", role: "assistant" },
    { type: "TEXT_MESSAGE_CONTENT", messageId: "x", delta: "**Organic" },
    { type: "TEXT_MESSAGE_CONTENT", messageId: "x", delta: " Search** leads" },
    { type: "CUSTOM", name: "gtm.receipt", value: RECEIPT },
    { type: "CUSTOM", name: "gtm.turn", value: reply },
    { type: "RUN_FINISHED", threadId: reply.conversation_id, runId: reply.turn_id },
  ];
}

export const PINNED: PinnedChart = {
  id: "ch1",
  dashboard_id: "d1",
  title: "Sessions by channel",
  question: "Top channels?",
  chart_spec: CHART,
  receipt: RECEIPT,
  query: null,
  sql: RECEIPT.sql,
  created_by: "u1",
  created_at: "2026-11-22T10:00:00Z",
  refreshed_at: "2026-11-22T10:00:00Z",
  error: null,
  layout: { x: 0, y: 0, w: 6, h: 4 },
};

export const DASHBOARD: Dashboard = {
  id: "d1",
  name: "Board",
  created_at: "2026-11-20T10:00:00Z",
  updated_at: "2026-11-22T10:00:00Z",
  charts: [PINNED, { ...PINNED, id: "ch2", title: "Second", layout: { x: 6, y: 0, w: 6, h: 4 } }],
};

export const DASHBOARD_PAGE: DashboardPage = {
  items: [
    {
      id: "d1",
      name: "Board",
      chart_count: 2,
      created_at: "2026-11-20T10:00:00Z",
      updated_at: "2026-11-22T10:00:00Z",
    },
  ],
  next_cursor: null,
};
