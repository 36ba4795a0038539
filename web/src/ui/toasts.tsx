import { Toast } from '@base-ui/react/toast';
import type { ReactNode } from 'react';
import { RequestError } from '../api/client.ts';
import './toasts.css';

const manager = Toast.createToastManager();

/** Tells the person something that happened; it is read out, and goes after some seconds. */
export const tell = (title: string, description?: string): void =>
  void manager.add({ title, ...(description !== undefined && { description }) });

/** Tells the person that something was not done, and why. It stays until it is closed. */
export function tellFailure(what: string, error: unknown): void {
  const problem = error instanceof RequestError ? error : null;
  const description = problem ? `${problem.message} ${problem.detail}` : String(error);
  manager.add({ title: what, description, type: 'failure', priority: 'high', timeout: 0 });
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
