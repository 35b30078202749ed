import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** A name and its value. Left out where there is none. */
export type Fact = readonly [name: string, value: ReactNode];

/** What is known of an object, as names and values. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
        .map(([name, value]) => (
          <div key={name} className={classes.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
