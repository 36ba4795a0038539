import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';

/** Start of the workflow ids of everything that a schedule runs. */
export const SCHEDULED_PREFIX = 'scheduled/';

const TRADES = 'WorkflowType = "tradeLifecycle"';
const { agent, phase } = SEARCH_ATTRIBUTES;

/** Lists of workflows that people ask for, by name. A person puts an agent's name in the place of NAME. */
const LISTS = {
  'all trades': TRADES,
  'open trades': `${TRADES} AND ${phase.name} = "open"`,
  'trades of one agent': `${TRADES} AND ${agent.name} = "NAME"`,
  'scheduled runs': `WorkflowId STARTS_WITH "${SCHEDULED_PREFIX}"`,
} as const;

/** A list of workflows in the Temporal Web UI. */
export interface UiLink {
  name: string;
  url: string;
}

/** Returns links to the lists of a namespace's workflows that people ask for, trades first. */
export const uiLinks = (uiUrl: string, namespace: string): UiLink[] =>
  Object.entries(LISTS).map(([name, query]) => ({
    name,
    url: `${uiUrl}/namespaces/${namespace}/workflows?query=${encodeURIComponent(query)}`,
  }));
