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
      return `${turn.options?.message ?? turn.text} ${suggestions(turn)}`;
    default:
      return `Answer: ${turn.text.replaceAll(/[*`#]/g, "")}`;
  }
}

function suggestions({ options }: Turn): string {
  const count = options?.options.length ?? 0;
  if (count === 0) return "";
  if (count === 1) return "One suggestion follows.";
  const best = options?.kind === "clarify" ? " The first is the best guess." : "";
  return `${count} suggestions follow.${best}`;
}
