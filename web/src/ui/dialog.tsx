import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactElement, ReactNode } from 'react';
import { Button } from './button.tsx';
import './dialog.css';

interface DialogProps {
  title: string;
  /** One or two sentences about what the dialog is for. */
  about?: ReactNode;
  isOpen: boolean;
  onClose: () => void;
  /** A button that opens it, and that the focus returns to. */
  trigger?: ReactElement;
  children: ReactNode;
}

/** A window over the page that holds the focus until it is closed. */
export const Dialog = ({ title, about, isOpen, onClose, children }: DialogProps) => (
  <Base.Root open={isOpen} onOpenChange={(open) => void (!open && onClose())}>
    <Base.Portal>
      <Base.Backdrop className="dialog-backdrop" />
      <Base.Popup className="dialog">
        <header className="dialog-head">
          <Base.Title className="dialog-title">{title}</Base.Title>
          <Base.Close render={<Button kind="bare" aria-label="Close" />}>
            <span aria-hidden="true">✕</span>
          </Base.Close>
        </header>
        {about && <Base.Description className="dialog-about">{about}</Base.Description>}
        {children}
      </Base.Popup>
    </Base.Portal>
  </Base.Root>
);

/** The buttons at the end of a dialog. */
export const DialogActions = ({ children }: { children: ReactNode }) => (
  <div className="dialog-actions">{children}</div>
);
