import { useQueryClient } from "@tanstack/react-query";
import type { UnansweredPhrase } from "../api/shapes";
import { useServices } from "../services";
import { formatDate, formatValue } from "../ui/format";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { ScreenProblem } from "../ui/ScreenProblem";
import { ShowMore } from "../ui/ShowMore";
import { useSubmit } from "../ui/useSubmit";
import { Keeping } from "./Keeping";
import { UNANSWERED, UNANSWERED_PATH, useSynonyms, useUnanswered } from "./queries";

interface UnansweredProps {
  /** Asks what a word is to stand for. */
  onMean: (word: string) => void;
}

/** What was asked and not answered, with the words that stand for nothing yet. */
export function Unanswered({ onMean }: UnansweredProps) {
  const list = useUnanswered();
  const { data, error, refetch } = list;
  const phrases = data?.pages.flatMap(({ items }) => items);
  const isKept = data?.pages[0]?.is_kept;
  return (
    <section className="block" aria-labelledby="unanswered-heading">
      <h3 id="unanswered-heading">Not answered</h3>
      <p>
        What was asked in the last ninety days and not answered, without who asked it. Give an
        unknown word a meaning, and the next one who uses it gets an answer.
      </p>
      <div className="block-body">
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {phrases?.length === 0 && isKept && <p className="row-note">Everything was answered.</p>}
        {phrases && phrases.length > 0 && (
          <ul className="rows" aria-label="Not answered">
            {phrases.map((phrase) => (
              <PhraseRow key={phrase.id} phrase={phrase} onMean={onMean} />
            ))}
          </ul>
        )}
        <ShowMore list={list} />
        {isKept !== undefined && <Keeping isKept={isKept} />}
      </div>
    </section>
  );
}

interface PhraseRowProps extends UnansweredProps {
  phrase: UnansweredPhrase;
}

function PhraseRow({ phrase: { id, phrase, words, outcome, times, last_day }, onMean }: PhraseRowProps) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { isBusy, problem, submit } = useSubmit();
  const known = useKnownTerms();
  const unknown = words.filter((word) => !known.has(word.toLowerCase()));
  const dismiss = () =>
    submit(async () => {
      await api.delete(`${UNANSWERED_PATH}/${encodeURIComponent(id)}`);
      await queries.invalidateQueries({ queryKey: UNANSWERED });
    });
  const often = times === 1 ? "once" : `${formatValue(times, "integer")} times`;
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          “{phrase}”<span className="tag">{outcome === "refuse" ? "Refused" : "Asked back"}</span>
          {words.length > 0 && unknown.length === 0 && (
            <span className="tag tag-good">Known now</span>
          )}
        </p>
        <p className="row-note">
          Asked {often}, last on {formatDate(last_day)}
        </p>
        {problem && <Notice problem={problem} />}
      </div>
      <div className="row-end">
        {unknown.map((word) => (
          <button
            key={word}
            type="button"
            className="button button-small"
            aria-haspopup="dialog"
            onClick={() => onMean(word)}
          >
            <Icon name="plus" size={14} />
            Give “{word}” a meaning
          </button>
        ))}
        <button
          type="button"
          className="button button-small"
          aria-label={`Dismiss “${phrase}”`}
          aria-disabled={isBusy}
          onClick={() => void dismiss()}
        >
          Dismiss
        </button>
      </div>
    </li>
  );
}

/** The words that have got a meaning since. */
function useKnownTerms(): Set<string> {
  const { data } = useSynonyms();
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return new Set(items.map(({ term }) => term.toLowerCase()));
}
