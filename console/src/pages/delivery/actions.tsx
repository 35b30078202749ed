import { ActionIcon, Button, Menu, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useKey } from '../../keyboard/keys.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { keys } from '../../strings/keys.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { curlOf } from './curl.ts';
import classes from './delivery.module.css';
import { DiscardDialog } from './discard-dialog.tsx';
import { EnableDialog } from './enable-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';
import { RetryNow } from './retry-now.tsx';
import { delivery as text } from './strings.ts';
import type { Action, Delivery } from './use-delivery.ts';

type Dialog = 'replay' | 'cancel' | 'discard' | 'enable_endpoint' | 'enable_subscription';
const IN_MENU = ['cancel', 'discard', 'enable_endpoint', 'enable_subscription'] as const;

/** What may be done now, as the API says. What the state forbids stands in the menu with its reason. */
export function Actions({ delivery }: { readonly delivery: Delivery }) {
  const [dialog, setDialog] = useState<Dialog>();
  const [hasRetried, setRetried] = useState(false);
  const [, change] = useQueryString();
  const actions = new Map(delivery.actions.map((action) => [action.name, action]));
  const retry = actions.get('retry');
  const replays = [actions.get('replay_same'), actions.get('replay_fresh')].filter((one) => one !== undefined);
  const canReplay = replays.some(({ allowed }) => allowed);
  const close = (): void => setDialog(undefined);
  const copyLink = (): void => void copied(location.href, text.linkCopied);
  useKey('c', keys.copyLink, copyLink);
  useKey('r', retry?.allowed ? text.actions.retry : text.actions.replay, () => {
    if (!retry?.allowed && canReplay) setDialog('replay');
  });
  const dialogProps = { delivery, onClose: close };
  return (
    <div className={classes.bar}>
      {(retry?.allowed || hasRetried) && <RetryNow delivery={delivery} onStart={() => setRetried(true)} />}
      {canReplay && (
        <Button size="sm" variant={retry?.allowed ? 'default' : 'filled'} onClick={() => setDialog('replay')}>
          {text.actions.replay}
        </Button>
      )}
      <Menu position="bottom-end" width={300} shadow="md">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={text.actions.more}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {retry && !retry.allowed && <Refused label={text.actions.retry} action={retry} />}
          {!canReplay && replays[0] && <Refused label={text.actions.replay} action={replays[0]} />}
          {IN_MENU.map((name) => {
            const action = actions.get(name);
            if (!action) return null;
            if (!action.allowed) return <Refused key={name} label={text.actions[name]} action={action} />;
            return (
              <Menu.Item key={name} onClick={() => setDialog(name)}>
                {text.actions[name]}
              </Menu.Item>
            );
          })}
          <Menu.Divider />
          <Menu.Item onClick={copyLink}>{text.actions.copyLink}</Menu.Item>
          {delivery.request && (
            <Menu.Item onClick={() => void copied(curlOf(delivery), text.curlCopied)}>{text.actions.copyCurl}</Menu.Item>
          )}
          <Menu.Item onClick={() => void change({ compare: delivery.replayOf ?? 'choose' })}>
            {text.actions.compare}
          </Menu.Item>
          <Menu.Item onClick={() => print()}>{text.actions.print}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ReplayDialog {...dialogProps} isOpen={dialog === 'replay'} />
      <CancelDialog {...dialogProps} isOpen={dialog === 'cancel'} />
      <DiscardDialog {...dialogProps} isOpen={dialog === 'discard'} />
      <EnableDialog {...dialogProps} isOpen={dialog === 'enable_endpoint'} kind="enable_endpoint" />
      <EnableDialog {...dialogProps} isOpen={dialog === 'enable_subscription'} kind="enable_subscription" />
    </div>
  );
}

function Refused({ label, action: { why } }: { readonly label: string; readonly action: Action }) {
  return (
    <Menu.Item disabled className={classes.refused}>
      {label}
      <Text size="xs" c="dimmed">
        {why}
      </Text>
    </Menu.Item>
  );
}

async function copied(value: string, message: string): Promise<void> {
  await navigator.clipboard.writeText(value);
  notifications.show({ message });
}
