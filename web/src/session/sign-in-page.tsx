import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { reasonOf } from '../api/refusals.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';
import { signInWithKey, signInWithWallet } from './sign-in.ts';
import { knownWallets, listenForWallets, type Wallet } from './wallets.ts';
import './sign-in-page.css';

/** Signs in with a wallet, or with an API key that becomes a session of this browser. */
export function SignInPage() {
  usePageTitle('Sign in');
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <div>
          <h1>Sign in to Signalman</h1>
          <p className="quiet">A session ends after 30 minutes without use. This browser keeps no key.</p>
        </div>
        <WalletSignIn />
        <p className="sign-in-or quiet small">or</p>
        <KeySignIn />
      </div>
    </main>
  );
}

function WalletSignIn() {
  const client = useQueryClient();
  const wallets = useSyncExternalStore(listenForWallets, knownWallets);
  const signIn = useMutation({
    mutationFn: (wallet: Wallet) => signInWithWallet(wallet),
    onSuccess: () => client.resetQueries(),
  });
  return (
    <section className="stack">
      <h2>With a wallet</h2>
      {wallets.length === 0 && (
        <p className="quiet">No wallet was found in this browser. One that is installed shows itself here.</p>
      )}
      {wallets.map((wallet) => (
        <Button
          key={wallet.uuid}
          busy={signIn.isPending}
          title={wallet.rdns}
          onClick={() => signIn.mutate(wallet)}
        >
          {wallet.icon !== null && <img src={wallet.icon} alt="" width="18" height="18" />}
          {wallet.name}
        </Button>
      ))}
      {signIn.isPending && <p role="status">Sign the message in your wallet. It moves no funds.</p>}
      {signIn.error && (
        <p role="alert" className="loss">
          {reasonOf(signIn.error)}
        </p>
      )}
    </section>
  );
}

function KeySignIn() {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: () => signInWithKey(key.trim()),
    onSuccess: () => {
      setKey('');
      return client.resetQueries();
    },
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      <Field
        label="With an API key"
        type="password"
        autoComplete="off"
        value={key}
        required
        error={signIn.error ? reasonOf(signIn.error) : undefined}
        hint={
          <>
            <span className="mono">signalman doctor</span> says where the first key is.
          </>
        }
        onChange={({ target }) => setKey(target.value)}
      />
      <Button type="submit" kind="primary" busy={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
