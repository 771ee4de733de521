import type { Turn } from "./turn";

/** What a screen reader hears of a turn: that it began, and then its answer once, not each word. */
export function announcement(turn: Turn): string {
  if (turn.isRunning) return "Working on the answer.";
  switch (turn.outcome) {
    case "error":
      return `No answer. ${turn.problem?.detail ?? ""}`;
    case "stopped":
      return "Stopped.";
    case "clarify":
    case "refuse":
      return `${turn.options?.message ?? turn.text} ${count(turn.options?.options.length ?? 0)}`;
    default:
      return `Answer: ${turn.text.replaceAll(/[*`#]/g, "")}`;
  }
}

function count(options: number): string {
  if (options === 0) return "";
  return options === 1 ? "One suggestion follows." : `${options} suggestions follow.`;
}
