import { shortId } from '../format/words.ts';
import { tell } from './toasts.tsx';
import './short-id.css';

/** An id or address, shortened; a press copies all of it. */
export const ShortId = ({ id, what }: { id: string; what: string }) => (
  <button
    type="button"
    className="short-id mono"
    title={`${id} (copy)`}
    aria-label={`${shortId(id)}: copy ${what}`}
    onClick={() => void copy(id, what)}
  >
    {shortId(id)}
  </button>
);

async function copy(id: string, what: string): Promise<void> {
  await navigator.clipboard.writeText(id);
  tell(`Copied ${what}`, id);
}
