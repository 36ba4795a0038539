import { useState, useSyncExternalStore } from 'react';
import { connect, knownWallets, listenForWallets, type Wallet } from '../../session/wallets.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';

interface WalletFieldProps {
  value: string;
  isWrong: boolean;
  onChange: (address: string) => void;
}

/** The address of a wallet, typed or taken from a wallet in the browser. */
export function WalletField({ value, isWrong, onChange }: WalletFieldProps) {
  const wallets = useSyncExternalStore(listenForWallets, knownWallets);
  const [error, setError] = useState<string>();
  const take = async (wallet: Wallet) => {
    try {
      onChange((await connect(wallet)).address);
      setError(undefined);
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return (
    <>
      <Field
        label="Wallet"
        value={value}
        placeholder="0x…"
        autoComplete="off"
        spellCheck={false}
        error={isWrong ? 'An address is 0x and 40 hex digits.' : error}
        hint="Empty at the sandbox: a wallet with play money is made."
        onChange={({ target }) => onChange(target.value.trim())}
      />
      {wallets.length > 0 && (
        <div className="row">
          {wallets.map((wallet) => (
            <Button key={wallet.uuid} title={wallet.rdns} onClick={() => void take(wallet)}>
              {wallet.icon !== null && <img src={wallet.icon} alt="" width="18" height="18" />}
              Use {wallet.name}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
