import type { Workspace } from "./shapes";

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
}

export type Scope = "read" | "write" | "admin";

export interface AccessToken {
  id: string;
  name: string;
  scopes: Scope[];
  hint: string;
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
  user_id: string;
  is_yours: boolean;
}

export interface NewAccessToken extends AccessToken {
  secret: string;
}

export interface AuditItem {
  id: string | number;
  at: string;
  user_id: string | null;
  email: string | null;
  action: string;
  door: string;
  target: string | null;
  outcome: "ok" | "refused" | "error" | "cancelled";
  code: string | null;
  detail: Record<string, unknown>;
}

export interface UsageItem {
  period: string;
  metric: "questions" | "queries" | "bytes_processed" | "model_tokens";
  used: number;
}

export type Standing = Workspace & {
  sample_status?: "none" | "loading" | "ready" | "failed";
  has_sample_data?: boolean;
  setup?: { state: "waiting" | "working" | "ready" | "failing"; detail: string | null };
};
