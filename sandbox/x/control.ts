import { CommandError } from '../errors.ts';
import type { ServiceFault, ServiceFaults } from '../service/faults.ts';
import type { ActivityStream, StreamFault } from './activity-stream.ts';
import type { Platform, ReferenceType } from './platform.ts';
import { failures, type FailureName } from './problems.ts';

/** Commands of `POST /control`: what happens on the platform, and how the service fails. */
export type XCommand =
  | { type: 'account'; id: string; username: string }
  | { type: 'rename'; id: string; username: string }
  | { type: 'protect' | 'suspend'; id: string; is: boolean }
  | {
      type: 'post';
      author: string;
      text: string;
      reference?: { type: ReferenceType; id: string };
      atMs?: number;
    }
  | { type: 'edit'; id: string; text: string }
  | { type: 'delete'; id: string }
  /** The next `count` requests to paths that begin with `path` are refused. */
  | { type: 'fail'; as: FailureName; path?: string; count?: number; resetInS?: number }
  | { type: 'fault'; fault: ServiceFault }
  | { type: 'stream'; fault: StreamFault | 'cut' | 'silence' }
  | { type: 'clearFaults' };

export interface ControlTargets {
  platform: Platform;
  stream: ActivityStream;
  faults: ServiceFaults;
}

/** Runs a command; returns the account or post it made. Throws `CommandError` for one that cannot be. */
export function control({ platform, stream, faults }: ControlTargets, command: XCommand): object | undefined {
  switch (command.type) {
    case 'account':
      return platform.account(command.id, command.username);
    case 'rename':
      return Object.assign(accountOf(platform, command.id), { username: command.username });
    case 'protect':
      return Object.assign(accountOf(platform, command.id), { isProtected: command.is });
    case 'suspend':
      return Object.assign(accountOf(platform, command.id), { isSuspended: command.is });
    case 'post': {
      const { author, text, reference, atMs } = command;
      return platform.post(accountOf(platform, author).id, text, {
        ...(reference && { reference }),
        ...(atMs !== undefined && { atMs }),
      });
    }
    case 'edit':
      return platform.edit(command.id, command.text);
    case 'delete':
      platform.delete(command.id);
      return undefined;
    case 'fail':
      faults.add(toFault(command));
      return undefined;
    case 'fault':
      faults.add(command.fault);
      return undefined;
    case 'stream':
      if (command.fault === 'cut') stream.cut();
      else if (command.fault === 'silence') stream.fallSilent();
      else stream.fail(command.fault);
      return undefined;
    case 'clearFaults':
      faults.clear();
      return undefined;
    default:
      throw new CommandError(`unknown command ${JSON.stringify(command)}`);
  }
}

function accountOf(platform: Platform, id: string) {
  const account = platform.accounts.get(id);
  if (!account) throw new CommandError(`no account ${id}`);
  return account;
}

function toFault({ as, path, count, resetInS = 60 }: Extract<XCommand, { type: 'fail' }>): ServiceFault {
  if (!Object.hasOwn(failures, as)) throw new CommandError(`no failure ${as}`);
  return {
    kind: 'answer',
    path: path ?? '/2/',
    ...(count !== undefined && { count }),
    ...failures[as](resetInS),
  };
}
