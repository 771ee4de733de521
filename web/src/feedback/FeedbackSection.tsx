import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Feedback, FeedbackPage } from "../api/shapes";
import { useServices } from "../services";
import { formatTime } from "../ui/format";
import { MoreIcon } from "../ui/MoreIcon";
import { ScreenProblem } from "../ui/ScreenProblem";
import { SelectField } from "../ui/SelectField";
import { ShowMore } from "../ui/ShowMore";
import { FEEDBACK, FEEDBACK_PATH } from "./queries";
import "./feedback.css";

const KINDS = [
  ["", "All"],
  ["false", "Not helpful"],
  ["true", "Helpful"],
] as const;

function useFeedback(isHelpful: string) {
  const { api } = useServices();
  return useInfiniteQuery({
    queryKey: [...FEEDBACK, isHelpful],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({
        ...(isHelpful && { is_helpful: isHelpful }),
        ...(pageParam && { cursor: pageParam }),
      });
      return api.get<FeedbackPage>(query.size > 0 ? `${FEEDBACK_PATH}?${query}` : FEEDBACK_PATH);
    },
    initialPageParam: "",
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchOnMount: "always",
  });
}

/** What people think of the answers they got; for the workspace's admins. */
export default function FeedbackSection() {
  const [kind, setKind] = useState("");
  const list = useFeedback(kind);
  const { data, error, refetch } = list;
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <section className="block" aria-labelledby="feedback-heading">
      <h3 id="feedback-heading">Feedback</h3>
      <p>
        What people think of the answers they got, with what was asked and run. The rest of a
        conversation stays private.
      </p>
      <div className="block-body">
        <div className="line-form feedback-kind">
          <SelectField
            label="Show"
            name="kind"
            value={kind}
            onChange={(event) => setKind(event.target.value)}
            options={KINDS}
          />
        </div>
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {items?.length === 0 && <p className="row-note">Nobody has said anything of that kind.</p>}
        {items && items.length > 0 && (
          <ol className="rows" aria-label="Feedback">
            {items.map((item) => (
              <FeedbackRow key={item.id} item={item} />
            ))}
          </ol>
        )}
        <ShowMore list={list} />
      </div>
    </section>
  );
}

const ENDS: Record<string, string> = {
  clarify: "Asked back",
  refuse: "Refused",
  guide: "Explained",
};

function FeedbackRow({ item }: { item: Feedback }) {
  const { is_helpful, reason, question, outcome, by, is_yours, model, updated_at } = item;
  const run = item.sql ?? (item.query && JSON.stringify(item.query, null, 2));
  const title = question ?? "A question that is not kept any more";
  return (
    <li>
      <div className={is_helpful ? "opinion" : "opinion opinion-bad"}>
        <MoreIcon name={is_helpful ? "thumbUp" : "thumbDown"} />
        <div className="row-text">
          <p className="row-title">
            <span className="visually-hidden">{is_helpful ? "Helpful: " : "Not helpful: "}</span>
            {title}
            {outcome && ENDS[outcome] && <span className="tag">{ENDS[outcome]}</span>}
          </p>
          {reason && <p className="row-words">{reason}</p>}
          <p className="row-note">
            {is_yours ? "You" : (by ?? "Somebody who has left")} · {formatTime(updated_at)}
            {model && ` · answered by ${model}`}
          </p>
        </div>
      </div>
      {run && (
        <details className="run">
          <summary aria-label={`What was run for ${title}`}>What was run</summary>
          <pre role="region" aria-label="What was run" tabIndex={0}>
            <code>{run}</code>
          </pre>
        </details>
      )}
    </li>
  );
}
