import { Link } from 'wouter';
import classes from './docs.module.css';
import type { Operation } from './document.ts';

/** Calls with their method and path, as links. */
export function CallList({ operations }: { readonly operations: readonly Operation[] }) {
  return (
    <ul className={classes.calls}>
      {operations.map(({ operationId, method, path, summary }) => (
        <li key={operationId}>
          <Link href={`/api/${operationId}`}>
            <span className={classes.method}>{method}</span>
            <span className={classes.summary}>{summary}</span>
            {path !== undefined && <span className={classes.path}>{path}</span>}
          </Link>
        </li>
      ))}
    </ul>
  );
}
