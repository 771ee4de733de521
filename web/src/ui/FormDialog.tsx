import type { FormEvent, ReactNode } from "react";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";
import { useSubmit } from "./useSubmit";

interface FormDialogProps {
  title: string;
  action: string;
  isDanger?: boolean;
  /** What the button waits for. */
  isIncomplete?: boolean;
  /** Closes the dialog unless it fails; the key stays the same while nobody knows whether it arrived. */
  onSubmit: (fields: FormData, key: string | undefined) => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something is done, with what has to be filled in; says what went wrong with it. */
export function FormDialog(props: FormDialogProps) {
  const {
    title,
    action,
    isDanger = false,
    isIncomplete = false,
    onSubmit,
    onClose,
    children,
  } = props;
  const { isBusy, problem, submit } = useSubmit();
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isIncomplete) return;
    const fields = new FormData(event.currentTarget);
    void submit(async (key) => {
      await onSubmit(fields, key);
      onClose();
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="dialog-form" onSubmit={send} aria-busy={isBusy}>
        {children}
        {problem && <Notice problem={problem} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          {/* Not disabled while busy: that would drop the focus. */}
          <button
            type="submit"
            className={isDanger ? "button button-danger" : "button button-primary"}
            aria-disabled={isBusy || isIncomplete}
          >
            {isBusy ? "One moment…" : action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
