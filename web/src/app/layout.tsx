import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useState } from 'react';
import { brakesQuery, positionsQuery, whoAmIQuery } from '../api/queries.ts';
import { LiveMark } from './live-mark.tsx';
import { chooseTheme, chosenTheme, type Theme } from './theme.ts';
import './layout.css';

/** The pages that the navigation leads to, by group. */
const GROUPS = [
  {
    name: 'Trading',
    pages: [
      { to: '/positions', title: 'Positions' },
      { to: '/trades', title: 'Trades' },
      { to: '/signals', title: 'Signals' },
    ],
  },
  {
    name: 'Strategies',
    pages: [
      { to: '/', title: 'Leaderboard' },
      { to: '/deployments', title: 'Deployments' },
      { to: '/sources', title: 'Sources' },
      { to: '/bills', title: 'Bills' },
    ],
  },
  {
    name: 'System',
    pages: [
      { to: '/operator', title: 'Operator', isForAdmins: true },
      { to: '/settings', title: 'Settings' },
    ],
  },
] as const;

/** The frame of every page: navigation, state of the connection, and brakes in force. */
export function Layout() {
  return (
    <div className="frame">
      <a href="#page" className="skip-link">
        Skip to the page
      </a>
      <header className="top">
        <Link to="/positions" className="brand">
          <Mark />
          Signalman
        </Link>
        <div className="top-right">
          <LiveMark />
          <User />
          <ThemeChoice />
        </div>
      </header>
      <Navigation />
      <main id="page" className="page" tabIndex={-1}>
        <BrakeBar />
        <Outlet />
      </main>
    </div>
  );
}

function Navigation() {
  const isAdmin = useQuery(whoAmIQuery()).data?.user.role === 'admin';
  return (
    <nav className="side" aria-label="Pages">
      {GROUPS.map(({ name, pages }) => (
        <div key={name} className="side-group">
          <p className="side-title">{name}</p>
          <ul>
            {pages
              .filter((page) => isAdmin || !('isForAdmins' in page))
              .map(({ to, title }) => (
                <li key={to}>
                  <Link to={to} activeOptions={{ exact: to === '/' }}>
                    {title}
                    {to === '/positions' && <OpenCount />}
                  </Link>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function User() {
  const { data } = useQuery(whoAmIQuery());
  return data ? (
    <Link to="/settings" className="user">
      {data.user.name}
    </Link>
  ) : null;
}

const Mark = () => (
  <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
    <path d="M8 28V5" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
    <path d="M9 6h17l-5 5.5L26 17H9z" fill="var(--gain)" />
  </svg>
);

function OpenCount() {
  const { data } = useQuery(positionsQuery());
  return data && data.items.length > 0 ? <span className="count">{data.items.length}</span> : null;
}

/** Says on every page that entries are held back. */
function BrakeBar() {
  const { data } = useQuery(brakesQuery());
  if (!data || data.items.length === 0) return null;
  const [first] = data.items;
  const others = data.items.length - 1;
  return (
    <p className="brake-bar" role="status">
      <strong>{first?.scope === 'system' ? 'All entries are stopped' : 'Some entries are stopped'}</strong>
      <span>
        {first?.reason} ({first?.setBy})
      </span>
      {others > 0 && <span>and {others} more</span>}
      <Link to="/operator">Look</Link>
    </p>
  );
}

const NEXT: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const SIGNS: Readonly<Record<Theme, string>> = { system: '◐', light: '☀', dark: '☾' };

function ThemeChoice() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <button
      type="button"
      className="button bare small"
      aria-label={`Theme: ${theme}. Change it`}
      title={`Theme: ${theme}`}
      onClick={() => {
        chooseTheme(NEXT[theme]);
        setTheme(NEXT[theme]);
      }}
    >
      <span aria-hidden="true">{SIGNS[theme]}</span>
    </button>
  );
}
