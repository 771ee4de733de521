/** What went wrong, in the words of RFC 9457, with the next step. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
  hint: string | null;
  nearest: string[];
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }
}

const UNREACHABLE: Problem = {
  status: 0,
  code: "unreachable",
  title: "The server can't be reached",
  detail: "Nothing answered. It may be restarting, or the connection was lost.",
  hint: "Check that it is running, then try again.",
  nearest: [],
};

const OFFLINE: Problem = {
  ...UNREACHABLE,
  code: "offline",
  title: "You are offline",
  detail: "This device has no connection.",
  hint: "Connect it, then try again.",
};

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  if (error instanceof TypeError) return navigator.onLine ? UNREACHABLE : OFFLINE;
  const detail = error instanceof Error ? error.message : String(error);
  return { ...UNREACHABLE, code: "unexpected", title: "Something went wrong", detail, hint: null };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export async function problemFrom(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  return {
    status: response.status,
    code: text(fields.code) || `http_${response.status}`,
    title: text(fields.title) || "The server refused the request",
    detail: text(fields.detail),
    hint: text(fields.hint) || null,
    nearest: Array.isArray(fields.nearest) ? fields.nearest.map(String) : [],
  };
}
