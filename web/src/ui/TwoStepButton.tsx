import { useRef, useState } from "react";
import { Notice } from "./Notice";
import { useSubmit } from "./useSubmit";

interface TwoStepButtonProps {
  action: string;
  /** The action with what it is done to. */
  label: string;
  confirm: string;
  onConfirm: () => Promise<void>;
}

/** Something that can't be taken back, asked once more in place. */
export function TwoStepButton({ action, label, confirm, onConfirm }: TwoStepButtonProps) {
  const [isAsking, setIsAsking] = useState(false);
  const { isBusy, problem, submit } = useSubmit();
  const wasAsked = useRef(false);
  if (!isAsking) {
    return (
      <button
        type="button"
        className="button button-small"
        aria-label={label}
        // Back from the question: the focus was on what is gone.
        autoFocus={wasAsked.current}
        onClick={() => {
          wasAsked.current = true;
          setIsAsking(true);
        }}
      >
        {action}
      </button>
    );
  }
  return (
    <div className="two-step" role="group" aria-label={`${label}?`}>
      {problem && <Notice problem={problem} />}
      <button
        type="button"
        className="button button-small button-danger"
        autoFocus
        aria-disabled={isBusy}
        onClick={() => void submit(onConfirm)}
      >
        {isBusy ? "One moment…" : confirm}
      </button>
      <button type="button" className="button button-small" onClick={() => setIsAsking(false)}>
        Keep
      </button>
    </div>
  );
}
