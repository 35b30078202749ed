import { Kbd, Modal, Stack, Table, Text } from '@mantine/core';
import { usePreferences } from '../preferences.ts';
import { keys as text } from '../strings/keys.ts';
import { boundKeys } from './keys.ts';

/** Every shortcut that works now. */
export function KeyList({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { singleKeys } = usePreferences();
  return (
    <Modal opened={isOpen} onClose={onClose} title={text.title}>
      <Stack gap="xs">
        {singleKeys === 'off' && <Text size="sm">{text.off}</Text>}
        <Table withRowBorders={false} verticalSpacing={4}>
          <Table.Tbody>
            {(isOpen ? boundKeys() : []).map(({ keys, label }) => (
              <Table.Tr key={keys}>
                <Table.Td w={120}>
                  {shownKeys(keys).map((key) => (
                    <Kbd key={key} mr={4}>
                      {key}
                    </Kbd>
                  ))}
                </Table.Td>
                <Table.Td>{label}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
    </Modal>
  );
}

function shownKeys(keys: string): readonly string[] {
  const mod = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? 'Cmd' : 'Ctrl';
  return keys
    .split(/[ +]/)
    .map((key) => (key === 'mod' ? mod : key.length === 1 && keys.includes('+') ? key.toUpperCase() : key));
}
