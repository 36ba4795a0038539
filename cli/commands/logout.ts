import { Command } from 'commander';
import { createOutput } from '#terminal/output.ts';
import { credentialsFile, forgetCredentials } from '../credentials.ts';

/** `signalman logout`: forgets the kept address and key; the key itself stays until it is revoked. */
export const logoutCommand = (): Command =>
  new Command('logout')
    .description('forget what `signalman login` has kept; `signalman keys revoke` ends the key itself')
    .action(() => {
      forgetCredentials(process.env);
      createOutput(process.stdout, process.env).line(`${credentialsFile(process.env)} is removed`);
    });
