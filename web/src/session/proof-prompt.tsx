import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { PROOF_NEEDED, reasonOf } from '../api/refusals.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions } from '../ui/dialog.tsx';
import { tell } from '../ui/toasts.tsx';
import { proveWithWallet } from './sign-in.ts';
import { knownWallets, listenForWallets, type Wallet } from './wallets.ts';

/** Asks for a fresh signature whenever the API refused something for want of one. */
export function ProofPrompt() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const open = () => setOpen(true);
    document.addEventListener(PROOF_NEEDED, open);
    return () => document.removeEventListener(PROOF_NEEDED, open);
  }, []);
  return (
    <Dialog
      title="Sign once more"
      about="What you asked for needs a signature of the last five minutes, so that a browser that was left open cannot do it."
      isOpen={isOpen}
      onClose={() => setOpen(false)}
    >
      <Wallets onProven={() => setOpen(false)} onClose={() => setOpen(false)} />
    </Dialog>
  );
}

function Wallets({ onProven, onClose }: { onProven: () => void; onClose: () => void }) {
  const wallets = useSyncExternalStore(listenForWallets, knownWallets);
  const prove = useMutation({
    mutationFn: (wallet: Wallet) => proveWithWallet(wallet),
    onSuccess: () => {
      tell('Signed', 'Ask for it again within five minutes.');
      onProven();
    },
  });
  return (
    <>
      {wallets.length === 0 && (
        <p>No wallet was found in this browser. Who signed in with a key signs out and in again.</p>
      )}
      {prove.error && (
        <p role="alert" className="loss">
          {reasonOf(prove.error)}
        </p>
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        {wallets.map((wallet) => (
          <Button
            key={wallet.uuid}
            kind="primary"
            busy={prove.isPending}
            onClick={() => prove.mutate(wallet)}
          >
            Sign with {wallet.name}
          </Button>
        ))}
      </DialogActions>
    </>
  );
}
