// A process for tests to kill: it starts one real service, prints where it is, and holds it.
//   node tests/support/service-owner.ts postgres|temporal FOLDER
import { startPostgres } from '#local/postgres/embedded.ts';
import { startTemporal } from '#local/temporal/dev-server.ts';

const [kind, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: service-owner.ts KIND FOLDER');
const log = (): void => {};
const service =
  kind === 'postgres'
    ? await startPostgres({ dataDir: folder, log })
    : await startTemporal({
        stateDir: folder,
        searchAttributes: [],
        env: process.env,
        preferredPorts: {},
        log,
      });
console.log(JSON.stringify({ pid: service.pid, address: 'url' in service ? service.url : service.address }));
setInterval(() => {}, 60_000);
