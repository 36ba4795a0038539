import { useState, type ReactElement, type ReactNode } from 'react';
import { newKey } from '../api/commands.ts';
import { Button } from './button.tsx';
import { Dialog, DialogActions } from './dialog.tsx';
import { Field } from './field.tsx';
import { HoldButton } from './hold-button.tsx';
import { tell, tellFailure } from './toasts.tsx';

interface ConfirmActProps {
  /** What opens the dialog; it is given what to do on a press. */
  trigger: (open: () => void, isUnderWay: boolean) => ReactElement;
  title: string;
  about: ReactNode;
  /** Facts about what the act does: size, expected price, consequence. */
  children: ReactNode;
  /** What the button says, such as `Hold to close`. */
  act: string;
  /** The word that may be typed instead of holding the button. */
  word: string;
  /** Told once the API has taken the act, whose result comes as an event. */
  taken: string;
  /** Sends the act; the key is the same for every try of one dialog. */
  onAct: (once: string) => Promise<unknown>;
}

/**
 * A dangerous act behind a dialog that says what it does. It begins when its button is held, or when a word is typed for
 * those who cannot hold.
 */
export function ConfirmAct({ trigger, title, about, children, act, word, taken, onAct }: ConfirmActProps) {
  const [key, setKey] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const [isUnderWay, setUnderWay] = useState(false);
  const close = () => {
    setKey(null);
    setTyped('');
  };
  const begin = async () => {
    if (key === null || isUnderWay) return;
    setUnderWay(true);
    try {
      await onAct(key);
      close();
      tell(taken);
    } catch (error) {
      tellFailure(`${title} was not done`, error);
    } finally {
      setUnderWay(false);
    }
  };
  const isTyped = typed.trim().toLowerCase() === word.toLowerCase();
  return (
    <>
      {trigger(() => setKey(newKey()), isUnderWay)}
      <Dialog title={title} about={about} isOpen={key !== null} onClose={close}>
        {children}
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (isTyped) void begin();
          }}
        >
          <Field
            label={`Type ${word} to confirm by keyboard, or hold the button`}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setTyped(target.value)}
          />
          <DialogActions>
            <Button onClick={close}>Cancel</Button>
            {isTyped ? (
              <Button type="submit" kind="danger" busy={isUnderWay}>
                {act.replace(/^Hold to (.)/, (_, first: string) => first.toUpperCase())}
              </Button>
            ) : (
              <HoldButton
                label={isUnderWay ? 'Sending' : act}
                disabled={isUnderWay}
                onHeld={() => void begin()}
              />
            )}
          </DialogActions>
        </form>
      </Dialog>
    </>
  );
}
