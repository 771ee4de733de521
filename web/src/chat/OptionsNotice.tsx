import type { OptionsValue } from "../api/events";
import { Icon } from "../ui/Icon";
import { Markdown } from "../ui/Markdown";

interface OptionsNoticeProps {
  value: OptionsValue;
  isDisabled: boolean;
  onAsk: (question: string) => void;
}

/** A question back, or an honest no; either way with the next step one click away. */
export function OptionsNotice({ value, isDisabled, onAsk }: OptionsNoticeProps) {
  const isClarify = value.kind === "clarify";
  return (
    <section className={`options options-${value.kind}`}>
      <h3>{isClarify ? "One question first" : "This can't be answered here"}</h3>
      <Markdown text={value.message} />
      {value.options.length > 0 && (
        <>
          {!isClarify && <p className="options-lead">You could ask instead:</p>}
          <ul>
            {value.options.map(({ label, question }) => (
              <li key={question}>
                <button
                  type="button"
                  disabled={isDisabled}
                  title={question}
                  onClick={() => onAsk(question)}
                >
                  {label}
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
