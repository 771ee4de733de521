import { type TextareaHTMLAttributes, useId } from "react";
import "./textArea.css";

interface TextAreaFieldProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  label: string;
  name: string;
  note?: string;
}

/** A labelled text of several lines. */
export function TextAreaField({ label, note, ...area }: TextAreaFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <textarea {...area} id={id} rows={3} aria-describedby={note ? `${id}-words` : undefined} />
      </div>
      {note && (
        <p id={`${id}-words`} className="field-note">
          {note}
        </p>
      )}
    </div>
  );
}
