const CONNECTIONS = 10;
const NEW_PER_MINUTE = 30;
const MESSAGES_PER_MINUTE = 2_000;
const POSTS_UNDER_WAY = 100;
const USERS = 10;
const MINUTE_MS = 60_000;

/** Open connections, posts and users of one IP address, and its new connections and messages of the last minute. */
interface Usage {
  open: number;
  readonly opened: number[];
  readonly messages: number[];
  posts: number;
  readonly users: Map<string, number>;
}

/** The venue's limits on WebSockets per IP address. With `enforce` off everything passes. */
export class ConnectionLimits {
  readonly #enforce: boolean;
  readonly #byIp = new Map<string, Usage>();

  constructor(enforce: boolean) {
    this.#enforce = enforce;
  }

  /** Returns whether one more socket may be opened, and counts it if so. */
  open(ip: string, nowMs: number): boolean {
    const usage = this.#of(ip);
    const isOver = usage.open >= CONNECTIONS || recent(usage.opened, nowMs) >= NEW_PER_MINUTE;
    if (this.#enforce && isOver) return false;
    usage.open += 1;
    usage.opened.push(nowMs);
    return true;
  }

  close(ip: string): void {
    this.#of(ip).open -= 1;
  }

  /** Returns whether one more message may be sent, and counts it if so. */
  message(ip: string, nowMs: number): boolean {
    const { messages } = this.#of(ip);
    if (this.#enforce && recent(messages, nowMs) >= MESSAGES_PER_MINUTE) return false;
    if (this.#enforce) messages.push(nowMs);
    return true;
  }

  /** Returns whether one more `post` may run, and counts it if so until `endPost`. */
  startPost(ip: string): boolean {
    const usage = this.#of(ip);
    if (this.#enforce && usage.posts >= POSTS_UNDER_WAY) return false;
    usage.posts += 1;
    return true;
  }

  endPost(ip: string): void {
    this.#of(ip).posts -= 1;
  }

  /** Returns whether one more stream of this user may be subscribed, and counts it if so until `endUser`. */
  startUser(ip: string, user: string): boolean {
    const { users } = this.#of(ip);
    if (this.#enforce && !users.has(user) && users.size >= USERS) return false;
    users.set(user, (users.get(user) ?? 0) + 1);
    return true;
  }

  endUser(ip: string, user: string): void {
    const { users } = this.#of(ip);
    const left = (users.get(user) ?? 1) - 1;
    if (left > 0) users.set(user, left);
    else users.delete(user);
  }

  #of(ip: string): Usage {
    const known = this.#byIp.get(ip) ?? { open: 0, opened: [], messages: [], posts: 0, users: new Map() };
    this.#byIp.set(ip, known);
    return known;
  }
}

/** Drops times of more than a minute ago and returns how many are left. */
function recent(times: number[], nowMs: number): number {
  while (times[0] !== undefined && times[0] <= nowMs - MINUTE_MS) times.shift();
  return times.length;
}
