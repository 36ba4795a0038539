import { useId, type InputHTMLAttributes, type ReactNode } from 'react';
import './field.css';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  /** What to write, or what follows from what is written. */
  hint?: ReactNode;
  /** Why what is written cannot be used. */
  error?: string | undefined;
  /** The unit, after the input. */
  unit?: string;
}

/** An input with its label, its hint and its error. */
export function Field({ label, hint, error, unit, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="field-box">
        <input id={id} aria-describedby={`${id}-hint`} aria-invalid={error !== undefined} {...input} />
        {unit && <span className="quiet">{unit}</span>}
      </span>
      <p id={`${id}-hint`} className={error === undefined ? 'quiet small' : 'loss small'}>
        {error ?? hint}
      </p>
    </div>
  );
}

/** A choice of one of a few, as a row of buttons. */
export function Choice<Value extends string>({
  label,
  options,
  value,
  onChoose,
}: {
  label: string;
  options: readonly (readonly [value: Value, title: string])[];
  value: Value;
  onChoose: (value: Value) => void;
}) {
  return (
    <div className="choice" role="group" aria-label={label}>
      {options.map(([option, title]) => (
        <button key={option} type="button" aria-pressed={option === value} onClick={() => onChoose(option)}>
          {title}
        </button>
      ))}
    </div>
  );
}
