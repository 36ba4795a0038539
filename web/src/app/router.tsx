import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link } from '@tanstack/react-router';
import { Failed, Loading } from '../ui/states.tsx';
import { Layout } from './layout.tsx';

const root = createRootRoute({ component: Layout, notFoundComponent: NoPage });

const positions = createRoute({
  getParentRoute: () => root,
  path: '/positions',
  component: lazyRouteComponent(() => import('../pages/positions/positions-page.tsx'), 'PositionsPage'),
});
const trades = createRoute({
  getParentRoute: () => root,
  path: '/trades',
  component: lazyRouteComponent(() => import('../pages/trades/trades-page.tsx'), 'TradesPage'),
});
const trade = createRoute({
  getParentRoute: () => root,
  path: '/trades/$id',
  component: lazyRouteComponent(() => import('../pages/trade/trade-page.tsx'), 'TradePage'),
});
const signals = createRoute({
  getParentRoute: () => root,
  path: '/signals',
  component: lazyRouteComponent(() => import('../pages/signals/signals-page.tsx'), 'SignalsPage'),
});
const operator = createRoute({
  getParentRoute: () => root,
  path: '/operator',
  component: lazyRouteComponent(() => import('../pages/operator/operator-page.tsx'), 'OperatorPage'),
});
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/home/home-page.tsx'), 'HomePage'),
});
const createAgent = createRoute({
  getParentRoute: () => root,
  path: '/agents/new',
  component: lazyRouteComponent(() => import('../pages/agent/create-agent-page.tsx'), 'CreateAgentPage'),
});
const agent = createRoute({
  getParentRoute: () => root,
  path: '/agents/$id',
  component: lazyRouteComponent(() => import('../pages/agent/agent-page.tsx'), 'AgentPage'),
});
const deploy = createRoute({
  getParentRoute: () => root,
  path: '/agents/$id/deploy',
  component: lazyRouteComponent(() => import('../pages/deployments/deploy-page.tsx'), 'DeployPage'),
});
const deployments = createRoute({
  getParentRoute: () => root,
  path: '/deployments',
  component: lazyRouteComponent(() => import('../pages/deployments/deployments-page.tsx'), 'DeploymentsPage'),
});
const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  component: lazyRouteComponent(() => import('../pages/sources/sources-page.tsx'), 'SourcesPage'),
});
const bills = createRoute({
  getParentRoute: () => root,
  path: '/bills',
  component: lazyRouteComponent(() => import('../pages/bills/bills-page.tsx'), 'BillsPage'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/settings-page.tsx'), 'SettingsPage'),
});

/** The pages by their addresses; each is loaded when it is opened. */
export const router = createRouter({
  routeTree: root.addChildren([
    home,
    positions,
    trades,
    trade,
    signals,
    operator,
    createAgent,
    agent,
    deploy,
    deployments,
    sources,
    bills,
    settings,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading lines={6} />,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NoPage() {
  return (
    <div className="state">
      <p className="state-title">There is no such page.</p>
      <Link to="/positions">Go to the positions</Link>
    </div>
  );
}
