import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { later } from "../ui/later";
import { OwnWords } from "./OwnWords";
import { SYNONYMS } from "./queries";
import { Unanswered } from "./Unanswered";
import "./words.css";

const NewWord = later(() => import("./NewWord"));

/** The workspace's own words, and what could not be answered for want of some; for its admins. */
export default function WordsSection() {
  const queries = useQueryClient();
  const [term, setTerm] = useState<string | null>(null);
  return (
    <>
      <OwnWords onNew={() => setTerm("")} />
      <Unanswered onMean={setTerm} />
      {term !== null && (
        <Suspense>
          <NewWord
            term={term}
            onMade={() => queries.invalidateQueries({ queryKey: SYNONYMS })}
            onClose={() => setTerm(null)}
          />
        </Suspense>
      )}
    </>
  );
}
