import { Tooltip } from '@mantine/core';
import { showAge, showTime, showUtc } from '../format/time.ts';
import { usePreferences } from '../preferences.ts';
import classes from './parts.module.css';

/** An instant in the reader's zone, or in UTC where the header says so. Hover and focus show UTC and the age. */
export function Time({ at }: { readonly at: string | Date }) {
  const { zone } = usePreferences();
  const date = typeof at === 'string' ? new Date(at) : at;
  return (
    <Tooltip label={`${showUtc(date)}, ${showAge(date)}`}>
      <time className={classes.time} dateTime={date.toISOString()}>
        {showTime(date, zone)}
      </time>
    </Tooltip>
  );
}
