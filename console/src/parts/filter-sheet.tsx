import { Button, Drawer, Group, Stack } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { filters as text } from '../strings/filters.ts';

/** The fields of a filter in one line; on narrow screens in a sheet. */
export function FilterSheet({ children }: { readonly children: ReactNode }) {
  const isNarrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [isOpen, sheet] = useDisclosure();
  if (!isNarrow) return <Group gap="xs">{children}</Group>;
  return (
    <>
      <Button variant="default" fullWidth size="md" leftSection={<IconFilter size={16} aria-hidden />} onClick={sheet.open}>
        {text.button}
      </Button>
      <Drawer opened={isOpen} onClose={sheet.close} position="bottom" size="auto" title={text.button}>
        <Stack gap="sm">
          {children}
          <Button size="md" onClick={sheet.close}>
            {text.show}
          </Button>
        </Stack>
      </Drawer>
    </>
  );
}
