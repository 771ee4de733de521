import type { Problem } from "../api/problem";
import { wordsOf } from "./fieldProblem";
import "./forms.css";

type NoticeProps = { problem: Problem } | { message: string; isBad?: boolean };

/** Something to know before going on. */
export function Notice(notice: NoticeProps) {
  if ("problem" in notice || notice.isBad) {
    return (
      <p className="notice notice-bad" role="alert">
        {"problem" in notice ? wordsOf(notice.problem) : notice.message}
      </p>
    );
  }
  return (
    <p className="notice" role="status">
      {notice.message}
    </p>
  );
}
