import { useState } from "react";
import { FormDialog } from "../ui/FormDialog";
import { TextAreaField } from "../ui/TextAreaField";
import type { Opinions } from "./queries";

const REASONS = {
  good: ["Just what I asked", "Easy to read", "Good chart"],
  bad: ["The number looks wrong", "Not what I asked", "Wrong period", "Hard to read"],
};
const LONGEST = 2000;

interface ReasonDialogProps {
  opinion: Opinions[string];
  onSave: (reason: string | null) => Promise<void>;
  onClose: () => void;
}

/** Asks why an answer was helpful or not; the usual reasons are one click. */
export default function ReasonDialog({ opinion, onSave, onClose }: ReasonDialogProps) {
  const [text, setText] = useState(opinion.reason ?? "");
  const { is_helpful: isHelpful } = opinion;
  const usual = (isHelpful ? REASONS.good : REASONS.bad).filter((reason) => !text.includes(reason));
  const add = (reason: string) =>
    setText((said) => `${said.trim()} ${reason}. `.trimStart());
  return (
    <FormDialog
      title={isHelpful ? "What was good about it?" : "What was wrong with it?"}
      action="Save"
      onSubmit={() => onSave(text.trim() || null)}
      onClose={onClose}
    >
      <p>The admins of your workspace see it, with the question and how it was answered.</p>
      <TextAreaField
        label="Reason"
        name="reason"
        value={text}
        maxLength={LONGEST}
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      {usual.length > 0 && (
        <ul className="reasons" aria-label="Usual reasons">
          {usual.map((reason) => (
            <li key={reason}>
              <button type="button" className="button button-small" onClick={() => add(reason)}>
                {reason}
              </button>
            </li>
          ))}
        </ul>
      )}
    </FormDialog>
  );
}
