import type { ReactNode } from 'react';
import './panel.css';

interface PanelProps {
  title: ReactNode;
  /** What can be done with the whole panel, at its right. */
  actions?: ReactNode;
  /** Leaves out the padding, for a table that reaches the edges. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled part of a page. */
export const Panel = ({ title, actions, flush = false, children }: PanelProps) => (
  <section className="panel">
    <header className="panel-head">
      <h2>{title}</h2>
      {actions && <div className="row">{actions}</div>}
    </header>
    <div className={flush ? 'panel-flush' : 'panel-body'}>{children}</div>
  </section>
);

/** The head of a page: what it shows, in one line, and what can be done. */
export const PageHead = ({
  title,
  about,
  children,
}: {
  title: ReactNode;
  about?: ReactNode;
  children?: ReactNode;
}) => (
  <header className="page-head">
    <div>
      <h1>{title}</h1>
      {about && <p className="quiet">{about}</p>}
    </div>
    {children && <div className="row">{children}</div>}
  </header>
);

/** Facts as pairs of a name and a value. */
export const Facts = ({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) => (
  <dl className="facts">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

/** A row of numbers that sum a page up. */
export const Figures = ({
  figures,
}: {
  figures: readonly (readonly [name: string, value: ReactNode, about?: ReactNode])[];
}) => (
  <dl className="figures">
    {figures.map(([name, value, about]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>
          {value}
          {about !== undefined && <span className="quiet small">{about}</span>}
        </dd>
      </div>
    ))}
  </dl>
);
