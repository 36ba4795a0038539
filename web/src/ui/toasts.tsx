import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';
import { askForProof, reasonOf } from '../api/refusals.ts';
import './toasts.css';

const manager = Toast.createToastManager();

/** Tells the person something that happened; it is read out, and goes after some seconds. */
export const tell = (title: string, description?: string): void =>
  void manager.add({ title, ...(description !== undefined && { description }) });

/** Tells the person that something was not done, and why, or asks for the signature that it needs. */
export function tellFailure(what: string, error: unknown): void {
  if (askForProof(error)) return;
  manager.add({ title: what, description: reasonOf(error), type: 'failure', priority: 'high', timeout: 0 });
}

/** Holds the messages of {@link tell} over the page. */
export const Toasts = ({ children }: { children: ReactNode }) => (
  <Toast.Provider toastManager={manager} timeout={6_000}>
    {children}
    <Toast.Portal>
      <Toast.Viewport className="toasts">
        <ToastList />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
);

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={`toast ${toast.type ?? ''}`}>
      <div>
        <Toast.Title className="toast-title" />
        <Toast.Description className="quiet" />
      </div>
      <Toast.Close className="button bare small" aria-label="Dismiss">
        <span aria-hidden="true">✕</span>
      </Toast.Close>
    </Toast.Root>
  ));
}
