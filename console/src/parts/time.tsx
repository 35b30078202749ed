import { Tooltip } from '@mantine/core';
import { useRef, useState } from 'react';
import { showAge, showTime, showUtc } from '../format/time.ts';
import { usePreferences } from '../preferences.ts';
import classes from './parts.module.css';

/**
 * An instant in the reader's zone, or in UTC where the header says so. Pointing at it shows UTC and the age: the tooltip is made
 * only then, since lists have a hundred times.
 */
export function Time({ at }: { readonly at: string | Date }) {
  const { zone } = usePreferences();
  const place = useRef<HTMLTimeElement>(null);
  const [isPointedAt, setPointedAt] = useState(false);
  const date = typeof at === 'string' ? new Date(at) : at;
  return (
    <>
      <time
        ref={place}
        className={classes.time}
        dateTime={date.toISOString()}
        onPointerEnter={() => setPointedAt(true)}
        onPointerLeave={() => setPointedAt(false)}
      >
        {showTime(date, zone)}
      </time>
      {isPointedAt && <Tooltip opened target={place} label={`${showUtc(date)}, ${showAge(date)}`} />}
    </>
  );
}
