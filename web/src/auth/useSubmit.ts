import { useState } from "react";
import { type Problem, problemOf } from "../api/problem";

/** One attempt at a time, and what went wrong with the last one. */
export function useSubmit() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (attempt: () => Promise<void>) => {
    if (isBusy) return;
    setIsBusy(true);
    setProblem(null);
    try {
      await attempt();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setIsBusy(false);
    }
  };
  return { isBusy, problem, submit };
}
