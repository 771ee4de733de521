import { useId } from "react";
import type { OptionsValue } from "../api/events";
import { Markdown } from "../ui/Markdown";
import { MoreIcon } from "../ui/MoreIcon";
import { OptionsList } from "./OptionsList";

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
    <div className={`options options-${kind}`} role="group" aria-labelledby={id}>
      <h3 id={id}>
        <MoreIcon name={isClarify ? "ask" : "info"} />
        {isClarify ? "One question first" : "This can't be answered here"}
      </h3>
      <Markdown text={message} />
      {options.length > 0 && (
        <>
          {!isClarify && <p className="options-lead">You could ask instead:</p>}
          <OptionsList
            label={isClarify ? "What you may mean" : "What you could ask instead"}
            options={options}
            // The server puts first what it would have answered.
            hasBest={isClarify}
            isDisabled={isDisabled}
            onAsk={onAsk}
          />
        </>
      )}
    </div>
  );
}
