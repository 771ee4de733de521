import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import type { VerifiedAnswer } from "../api/shapes";
import { useServices } from "../services";
import { formatDate } from "../ui/format";
import { later } from "../ui/later";
import { ScreenProblem } from "../ui/ScreenProblem";
import { ShowMore } from "../ui/ShowMore";
import { TwoStepButton } from "../ui/TwoStepButton";
import { useIsAtLeast } from "../workspace/queries";
import { useVerifiedAnswers, VERIFIED, verifiedPath } from "./queries";

const ChangeDialog = later(() => import("./ChangeDialog"));

/** The questions whose answers somebody stands for. */
export default function VerifiedSection() {
  const list = useVerifiedAnswers();
  const { data, error, refetch } = list;
  const isAdmin = useIsAtLeast("admin");
  const answers = data?.pages.flatMap(({ items }) => items);
  return (
    <section className="block" aria-labelledby="verified-heading">
      <h3 id="verified-heading">Verified answers</h3>
      <p>
        Questions whose answers an admin stands for. Whoever asks one is answered in the same way,
        over today's data, and sees who verified it. To add one, open the menu below an answer.
      </p>
      <div className="block-body">
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {answers?.length === 0 && <p className="row-note">There are no verified answers yet.</p>}
        {answers && answers.length > 0 && (
          <ul className="rows" aria-label="Verified answers">
            {answers.map((answer) => (
              <VerifiedRow key={answer.id} answer={answer} mayChange={isAdmin} />
            ))}
          </ul>
        )}
        <ShowMore list={list} />
      </div>
    </section>
  );
}

interface VerifiedRowProps {
  answer: VerifiedAnswer;
  mayChange: boolean;
}

function VerifiedRow({ answer, mayChange }: VerifiedRowProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const [isChanging, setIsChanging] = useState(false);
  const { id, question, note, by, problem, updated_at } = answer;
  const run = answer.sql ?? (answer.query && JSON.stringify(answer.query, null, 2));
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          {question}
          {problem && <span className="tag tag-warn">Out of date</span>}
        </p>
        {note && <p className="row-words">{note}</p>}
        {problem && <p className="row-note">It is passed over: {problem}</p>}
        <p className="row-note">
          {by ?? "Somebody who has left"} · {formatDate(updated_at)}
        </p>
      </div>
      {mayChange && (
        <div className="row-end">
          <button
            type="button"
            className="button button-small"
            aria-label={`Change ${question}`}
            onClick={() => setIsChanging(true)}
          >
            Change
          </button>
          <TwoStepButton
            action="Remove"
            label={`Remove ${question}`}
            confirm="Remove for everybody"
            onConfirm={async () => {
              await api.delete(verifiedPath(id));
              await queries.invalidateQueries({ queryKey: VERIFIED });
            }}
          />
        </div>
      )}
      {run && (
        <details className="run">
          <summary aria-label={`What is run for ${question}`}>What is run</summary>
          <pre role="region" aria-label="What is run" tabIndex={0}>
            <code>{run}</code>
          </pre>
        </details>
      )}
      {isChanging && (
        <Suspense>
          <ChangeDialog answer={answer} onClose={() => setIsChanging(false)} />
        </Suspense>
      )}
    </li>
  );
}
