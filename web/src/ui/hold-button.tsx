import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import './button.css';

/** How long a person holds it; button.css fills the button in that time. */
const HOLD_MS = 900;

interface HoldButtonProps {
  label: string;
  disabled?: boolean;
  onHeld: () => void;
}

const isKey = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter';

/** A button that acts once it was held for a moment, by pointer or by the space or enter key. */
export function HoldButton({ label, disabled = false, onHeld }: HoldButtonProps) {
  const [held, setHeld] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const release = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHeld(false);
  };
  const press = () => {
    if (timer.current !== null || disabled) return;
    setHeld(true);
    timer.current = setTimeout(() => {
      release();
      onHeld();
    }, HOLD_MS);
  };
  useEffect(() => () => void (timer.current !== null && clearTimeout(timer.current)), []);
  return (
    <button
      type="button"
      className={`button hold${held ? ' held' : ''}`}
      disabled={disabled}
      onPointerDown={press}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        press();
      }}
      onKeyUp={(event) => void (isKey(event) && release())}
      onBlur={release}
    >
      <span>{label}</span>
    </button>
  );
}
