import { useRef, useState } from "react";
import { type Problem, problemOf } from "../api/problem";

type Attempt = (key: string | undefined) => Promise<void>;

/**
 * One attempt at a time, and what went wrong with the last one.
 *
 * An attempt is given a key that stays while nobody knows whether the last one arrived, so that the
 * server does not carry the same thing out twice.
 */
export function useSubmit() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const key = useRef<string | undefined>(undefined);

  const run = async (attempt: Attempt): Promise<void> => {
    // Missing where the page was not fetched securely.
    key.current ??= crypto.randomUUID?.();
    try {
      await attempt(key.current);
      key.current = undefined;
    } catch (error) {
      const { status, code } = problemOf(error);
      if (status !== 0) key.current = undefined;
      // What was sent first has been changed since: this is another request.
      if (code === "idempotency_key_reused") return run(attempt);
      throw error;
    }
  };
  const submit = async (attempt: Attempt) => {
    if (isBusy) return;
    setIsBusy(true);
    setProblem(null);
    try {
      await run(attempt);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setIsBusy(false);
    }
  };
  return { isBusy, problem, submit };
}
