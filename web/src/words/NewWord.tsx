import { useState } from "react";
import type { Catalog, Synonym } from "../api/shapes";
import { useServices } from "../services";
import { Field } from "../ui/Field";
import { FormDialog } from "../ui/FormDialog";
import { Notice } from "../ui/Notice";
import { SelectField } from "../ui/SelectField";
import { type SynonymKind, SYNONYMS_PATH, useCatalog } from "./queries";

const KINDS: readonly (readonly [SynonymKind, string])[] = [
  ["metric", "A number, such as sessions"],
  ["dimension", "A way to split, such as channel"],
  ["value", "A name in the data, such as a campaign"],
];

interface NewWordProps {
  /** The word to begin with; empty when it is still to be said. */
  term: string;
  onMade: () => Promise<void>;
  onClose: () => void;
}

/** Asks what a word stands for, and keeps it. */
export default function NewWord({ term, onMade, onClose }: NewWordProps) {
  const { api } = useServices();
  const { data: catalog, error } = useCatalog();
  const [kind, setKind] = useState<SynonymKind>("metric");
  const make = async (fields: FormData, key: string | undefined) => {
    const body = {
      term: String(fields.get("term")).trim(),
      kind,
      name: fields.get("name"),
      ...(kind === "value" && { value: String(fields.get("value")).trim() }),
    };
    await api.post<Synonym>(SYNONYMS_PATH, body, key);
    await onMade();
  };
  return (
    <FormDialog
      title={term ? `What does “${term}” mean?` : "New word"}
      action="Save the word"
      isIncomplete={!catalog}
      onSubmit={make}
      onClose={onClose}
    >
      <Field
        label="Word or phrase"
        name="term"
        defaultValue={term}
        note="As people here say it; it may not mean anything else already."
        maxLength={80}
        required
        autoFocus={!term}
      />
      <SelectField
        label="It stands for"
        name="kind"
        value={kind}
        options={KINDS}
        autoFocus={Boolean(term)}
        onChange={(event) => setKind(event.target.value as SynonymKind)}
      />
      {error && <Notice message="What words can stand for could not be loaded." isBad />}
      <SelectField
        // Another list: what was chosen in the last one is none of this.
        key={kind === "metric" ? "metric" : "dimension"}
        label={kind === "metric" ? "Metric" : "Dimension"}
        name="name"
        disabled={!catalog}
        options={namesOf(catalog, kind)}
      />
      {kind === "value" && (
        <Field
          label="Name"
          name="value"
          note="As it is written in the data."
          maxLength={500}
          required
        />
      )}
    </FormDialog>
  );
}

function namesOf(catalog: Catalog | undefined, kind: SynonymKind) {
  const entries = (kind === "metric" ? catalog?.metrics : catalog?.dimensions) ?? [];
  return entries
    .map(({ name, label }) => [name, label] as const)
    .toSorted(([, a], [, b]) => a.localeCompare(b));
}
