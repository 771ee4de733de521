import { useId } from "react";
import type { OptionsValue } from "../api/events";
import { Icon } from "../ui/Icon";
import { Markdown } from "../ui/Markdown";
import { MoreIcon } from "../ui/MoreIcon";

interface OptionsNoticeProps {
  value: OptionsValue;
  isDisabled: boolean;
  onAsk: (question: string) => void;
}

/** A question back, or an honest no; either way with the next step one click away. */
export function OptionsNotice({ value, isDisabled, onAsk }: OptionsNoticeProps) {
  const id = useId();
  const { kind, message, options } = value;
  const isClarify = kind === "clarify";
  return (
    <section className={`options options-${kind}`} aria-labelledby={id}>
      <h3 id={id}>
        <MoreIcon name={isClarify ? "ask" : "info"} />
        {isClarify ? "One question first" : "This can't be answered here"}
      </h3>
      <Markdown text={message} />
      {options.length > 0 && (
        <>
          {!isClarify && <p className="options-lead">You could ask instead:</p>}
          <ul aria-label={isClarify ? "What you may mean" : "What you could ask instead"}>
            {options.map(({ label, question }, i) => (
              <li key={question}>
                <button type="button" disabled={isDisabled} onClick={() => onAsk(question)}>
                  <span className="option-words">
                    <span>{label}</span>
                    {!isSame(label, question) && <span className="option-question">{question}</span>}
                  </span>
                  {/* The server puts first what it would have answered. */}
                  {isClarify && i === 0 && options.length > 1 && (
                    <span className="tag tag-good">Best guess</span>
                  )}
                  <Icon name="chevron" size={15} />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

const isSame = (label: string, question: string): boolean =>
  label.toLowerCase() === question.toLowerCase();
