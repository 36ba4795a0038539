import { SMTPServer } from 'smtp-server';
import { SandboxError } from '../errors.ts';

/** What the server says no to, with the reply code of SMTP that it is told by (RFC 5321, section 4.2). */
class MailRefusedError extends SandboxError {
  override readonly name = 'MailRefusedError';
  readonly code = 'MAIL_REFUSED';
  readonly responseCode: number;

  constructor(message: string, responseCode: number) {
    super(message);
    this.responseCode = responseCode;
  }
}

/** A mail that the server took. */
export interface TakenMail {
  from: string;
  to: string;
  /** Headers and text, as they were sent. */
  text: string;
}

/** How the next recipient or the next mail is refused. */
export interface MailFault {
  at: 'recipient' | 'data';
  /** Of SMTP, such as 550; `hang` never answers. */
  code: number | 'hang';
}

/** A running stand-in for a mail server: SMTP without TLS, of one user. */
export interface MailSandbox {
  /** `smtp://user:password@127.0.0.1:PORT`. */
  readonly url: string;
  readonly taken: readonly TakenMail[];
  /** Refuses once, in the order given. */
  fail(fault: MailFault): void;
  close(): Promise<void>;
}

const USER = 'signalman';
const PASSWORD = 'mail-password-of-the-sandbox';

/** Starts a stand-in for a mail server on a free port, or on the given one. */
export async function startMailSandbox({ port = 0 } = {}): Promise<MailSandbox> {
  const taken: TakenMail[] = [];
  const faults: MailFault[] = [];
  const failAt = (at: MailFault['at'], callback: (error?: Error | null) => void): boolean => {
    const index = faults.findIndex((fault) => fault.at === at);
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (fault && fault.code !== 'hang') callback(new MailRefusedError('refused', fault.code));
    return fault !== undefined;
  };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, callback) =>
      username === USER && password === PASSWORD
        ? callback(null, { user: USER })
        : callback(new MailRefusedError('no such user', 535)),
    onRcptTo: (_address, _session, callback) => void (failAt('recipient', callback) || callback()),
    onData(stream, session, callback) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      stream.on('end', () => {
        if (failAt('data', callback)) return;
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address).join(','),
          text,
        });
        callback();
      });
    },
  });
  // A client that gives up cuts its connection.
  server.on('error', () => undefined);
  const listening = await new Promise<number>((resolve, reject) => {
    const open = server.listen(port, '127.0.0.1', () => {
      const address = open.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
    open.once('error', reject);
  });
  return {
    url: `smtp://${USER}:${PASSWORD}@127.0.0.1:${listening}`,
    taken,
    fail: (fault) => void faults.push(fault),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
