import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { parts as text } from '../strings/parts.ts';
import { ProblemAlert } from './problem-alert.tsx';

interface Props {
  readonly isOpen: boolean;
  onClose(): void;
  /** A question that says what happens: "Discard 3 dead letters?". */
  readonly title: string;
  /** How many, where, in which form; what ends and what stays. */
  readonly children?: ReactNode;
  /** The word on the button: "Discard 3". */
  readonly action: string;
  /** What must be typed, for what cannot be undone. */
  readonly typed?: string;
  readonly isPending?: boolean;
  readonly isAllowed?: boolean;
  readonly error?: unknown;
  onConfirm(): void;
}

/** Asks before something reaches a receiver or is lost. It never sends by a single key. */
export function Confirm(props: Props) {
  const { isOpen, onClose, title, children, action, typed, isPending = false, isAllowed = true, error, onConfirm } = props;
  const [name, setName] = useState('');
  const canConfirm = isAllowed && (typed === undefined || name.trim() === typed);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (canConfirm) onConfirm();
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} onExitTransitionEnd={() => setName('')}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {children && (
            <Text component="div" size="sm">
              {children}
            </Text>
          )}
          {typed !== undefined && (
            <TextInput
              label={text.typeToConfirm(typed)}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
          {error !== null && error !== undefined && <ProblemAlert error={error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {text.cancel}
            </Button>
            <Button type="submit" loading={isPending} disabled={!canConfirm}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
