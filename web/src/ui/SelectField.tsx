import { type SelectHTMLAttributes, useId } from "react";

interface SelectFieldProps<T extends string> extends SelectHTMLAttributes<HTMLSelectElement> {
  label: string;
  name: string;
  note?: string;
  options: readonly (readonly [value: T, label: string])[];
}

/** A labelled choice of one. */
export function SelectField<T extends string>(field: SelectFieldProps<T>) {
  const { label, note, options, ...select } = field;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-box">
        <select {...select} id={id} aria-describedby={note ? `${id}-words` : undefined}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </div>
      {note && (
        <p id={`${id}-words`} className="field-note">
          {note}
        </p>
      )}
    </div>
  );
}
