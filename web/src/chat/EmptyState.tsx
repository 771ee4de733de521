import { Suspense } from "react";
import { later } from "../ui/later";
import { useFilling } from "../workspace/queries";

const NoData = later(() => import("../workspace/NoData"));

interface Example {
  topic: string;
  question: string;
}

export const EXAMPLES: Example[] = [
  { topic: "Traffic", question: "What are my top traffic sources last 30 days?" },
  { topic: "Funnel", question: "Show conversion funnel by channel" },
  { topic: "Trend", question: "Sessions by week for the last 90 days" },
  { topic: "Search", question: "Top search queries by clicks last 28 days" },
  { topic: "Revenue", question: "Revenue this month compared with last month" },
  { topic: "Pages", question: "Which landing pages have the highest bounce rate?" },
];

interface EmptyStateProps {
  name: string | null;
  onAsk: (question: string) => void;
}

/** What a new conversation shows: examples, or without data how to get some. */
export function EmptyState({ name, onAsk }: EmptyStateProps) {
  const firstName = name?.split(" ")[0];
  const filling = useFilling();
  if (filling === "building" || filling === "loading" || filling === "empty") {
    return (
      <Suspense fallback={<div className="empty" aria-busy="true" />}>
        <NoData firstName={firstName} filling={filling} onAsk={onAsk} />
      </Suspense>
    );
  }
  // Not offered before it is known that they can be answered.
  const examples = filling === "unknown" ? [] : EXAMPLES;
  return (
    <div className="empty">
      <h2>{firstName ? `What would you like to know, ${firstName}?` : "What would you like to know?"}</h2>
      <p>Ask in your own words. You get the number, a chart, and how it was worked out.</p>
      <ul className="examples" aria-label="Example questions">
        {examples.map(({ topic, question }) => (
          <li key={question}>
            <button type="button" onClick={() => onAsk(question)}>
              <span className="example-topic" aria-hidden="true">
                {topic}
              </span>
              <span>{question}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
