import type { ButtonHTMLAttributes } from 'react';
import './button.css';

type Kind = 'plain' | 'primary' | 'danger' | 'bare';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  /** Shows that what it began is under way, and takes no press. */
  busy?: boolean;
}

/** A button. It submits no form unless its `type` says so. */
export function Button({ kind = 'plain', busy = false, disabled, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button ${kind}`}
      disabled={disabled === true || busy}
      aria-busy={busy}
      {...rest}
    >
      {children}
    </button>
  );
}
