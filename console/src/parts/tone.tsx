import {
  IconAlertTriangle,
  IconCheck,
  IconCircleFilled,
  IconCircleOff,
  IconFlask,
  IconPlayerPause,
  IconX,
} from '@tabler/icons-react';
import { type Meaning, toneVariable } from '../theme/meanings.ts';
import classes from './parts.module.css';

const ICONS = {
  good: IconCheck,
  underWay: IconCircleFilled,
  waiting: IconPlayerPause,
  attention: IconAlertTriangle,
  bad: IconX,
  neutral: IconCircleOff,
  test: IconFlask,
} as const satisfies Record<Meaning, unknown>;

/** The icon of a meaning, in its colour. The word stands beside it. */
export function ToneIcon({ meaning, size = 14 }: { readonly meaning: Meaning; readonly size?: number }) {
  const Icon = ICONS[meaning];
  return <Icon size={size} stroke={2.5} color={`var(${toneVariable(meaning, 'mark')})`} aria-hidden />;
}

/** A word with the icon and the colour of its meaning. The only badge of the console. */
export function ToneBadge({ meaning, children }: { readonly meaning: Meaning; readonly children: string }) {
  const isTest = meaning === 'test';
  return (
    <span
      className={classes.badge}
      style={{
        color: `var(${toneVariable(meaning, 'text')})`,
        background: isTest ? undefined : `var(${toneVariable(meaning, 'back')})`,
        borderColor: isTest ? `var(${toneVariable(meaning, 'mark')})` : undefined,
      }}
    >
      <ToneIcon meaning={meaning} />
      {children}
    </span>
  );
}
