import type { Option } from "../api/shapes";
import { Icon } from "../ui/Icon";

interface OptionsListProps {
  label: string;
  options: Option[];
  /** Whether the first one is the best guess of what was meant. */
  hasBest?: boolean;
  isDisabled: boolean;
  onAsk: (question: string) => void;
}

/** Questions that are asked with a click. */
export function OptionsList({ label, options, hasBest, isDisabled, onAsk }: OptionsListProps) {
  return (
    <ul className="options-list" aria-label={label}>
      {options.map((option, i) => (
        <li key={option.question}>
          <button type="button" disabled={isDisabled} onClick={() => onAsk(option.question)}>
            <span className="option-words">
              <span>{option.label}</span>
              {!isSame(option) && <span className="option-question">{option.question}</span>}
            </span>
            {hasBest && i === 0 && options.length > 1 && (
              <span className="tag tag-good">Best guess</span>
            )}
            <Icon name="chevron" size={15} />
          </button>
        </li>
      ))}
    </ul>
  );
}

const isSame = ({ label, question }: Option): boolean =>
  label.toLowerCase() === question.toLowerCase();
