import { useInfiniteQuery } from '@tanstack/react-query';
import { auditQuery } from '../../api/queries.ts';
import { Pages } from '../../ui/more.tsx';
import { Panel } from '../../ui/panel.tsx';
import { AuditTable } from '../trade/trade-tables.tsx';

/** Who changed what, newest first. */
export function RecentChanges() {
  const query = useInfiniteQuery(auditQuery());
  return (
    <Panel title="Audit log" flush>
      <Pages query={query}>{(items) => <AuditTable entries={items} />}</Pages>
    </Panel>
  );
}
