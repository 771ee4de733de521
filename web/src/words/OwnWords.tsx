import { useQueryClient } from "@tanstack/react-query";
import type { Catalog, Synonym } from "../api/shapes";
import { useServices } from "../services";
import { formatDate } from "../ui/format";
import { Icon } from "../ui/Icon";
import { ScreenProblem } from "../ui/ScreenProblem";
import { ShowMore } from "../ui/ShowMore";
import { TwoStepButton } from "../ui/TwoStepButton";
import { labelOf, SYNONYMS, SYNONYMS_PATH, useCatalog, useSynonyms } from "./queries";

/** Words that mean something in this workspace alone. */
export function OwnWords({ onNew }: { onNew: () => void }) {
  const list = useSynonyms();
  const { data: catalog } = useCatalog();
  const { data, error, refetch } = list;
  const words = data?.pages.flatMap(({ items }) => items);
  return (
    <section className="block" aria-labelledby="words-heading">
      <h3 id="words-heading">Your own words</h3>
      <p>
        What you call things here. A question with one of these words is read as if it said what
        the word stands for.
      </p>
      <div className="block-body">
        <button type="button" className="button" onClick={onNew}>
          <Icon name="plus" size={16} />
          New word
        </button>
        {error && !data && <ScreenProblem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <div className="screen-loading" aria-busy="true" />}
        {words?.length === 0 && <p className="row-note">There are none yet.</p>}
        {words && words.length > 0 && (
          <ul className="rows" aria-label="Your own words">
            {words.map((word) => (
              <WordRow key={word.id} word={word} catalog={catalog} />
            ))}
          </ul>
        )}
        <ShowMore list={list} />
      </div>
    </section>
  );
}

const KINDS = { metric: "Metric", dimension: "Dimension", value: "Value" } as const;

function WordRow({ word, catalog }: { word: Synonym; catalog: Catalog | undefined }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const { id, term, kind, value, is_valid, created_at } = word;
  const label = labelOf(catalog, word);
  return (
    <li>
      <div className="row-text">
        <p className="row-title">
          {term}
          <span className="tag">{KINDS[kind]}</span>
          {!is_valid && <span className="tag tag-warn">No longer there</span>}
        </p>
        <p className="row-note">
          stands for {label}
          {value !== null && <> “{value}”</>} · since {formatDate(created_at)}
        </p>
      </div>
      <div className="row-end">
        <TwoStepButton
          action="Remove"
          label={`Remove ${term}`}
          confirm="Remove the word"
          onConfirm={async () => {
            await api.delete(`${SYNONYMS_PATH}/${encodeURIComponent(id)}`);
            await queries.invalidateQueries({ queryKey: SYNONYMS });
          }}
        />
      </div>
    </li>
  );
}
