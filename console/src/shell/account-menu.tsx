import { ActionIcon, Menu, SegmentedControl, Stack, Switch, Text, useMantineColorScheme } from '@mantine/core';
import { IconBook, IconKeyboard, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { api, dataOf } from '../api/client.ts';
import { isPortal } from '../portal/place.ts';
import { setPreferences, usePreferences } from '../preferences.ts';
import type { Me } from '../session/me.ts';
import { session } from '../strings/session.ts';
import { shell as text } from '../strings/shell.ts';

/** Who is signed in, how the console looks, and the way out. */
export function AccountMenu({ me, onKeys }: { readonly me: Me; readonly onKeys: () => void }) {
  const { density, singleKeys } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/sign-out', { params: { header: { 'x-passwire-console': '1' } } })),
    // loaded anew, so that nothing of the session is left in this page's memory
    onSuccess: ({ endSessionUrl }) => location.assign(endSessionUrl ?? '/console/sign-in'),
  });
  return (
    <Menu position="bottom-end" width={280} shadow="md" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.menu}>
          <IconUserCircle size={22} stroke={1.75} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {isPortal
            ? me.key?.name
            : text.signedInAs(me.person?.name ?? me.person?.email ?? me.key?.name ?? me.person?.subject ?? '', me.role)}
        </Menu.Label>
        {me.tenant && <Menu.Label>{me.tenant.name}</Menu.Label>}
        <Menu.Divider />
        <Stack gap="xs" px="sm" py="xs">
          <Labelled label={text.scheme}>
            <SegmentedControl
              aria-label={text.scheme}
              fullWidth
              size="xs"
              value={colorScheme}
              onChange={(value) => setColorScheme(value as typeof colorScheme)}
              data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: text.schemes[value] }))}
            />
          </Labelled>
          <Labelled label={text.density}>
            <SegmentedControl
              aria-label={text.density}
              fullWidth
              size="xs"
              value={density}
              onChange={(value) => setPreferences({ density: value as typeof density })}
              data={(['normal', 'compact'] as const).map((value) => ({ value, label: text.densities[value] }))}
            />
          </Labelled>
          <Switch
            size="sm"
            label={text.singleKeys}
            checked={singleKeys === 'on'}
            onChange={(event) => setPreferences({ singleKeys: event.currentTarget.checked ? 'on' : 'off' })}
          />
        </Stack>
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={onKeys}>
          {text.shortcuts}
        </Menu.Item>
        <Menu.Item component="a" href="/docs" leftSection={<IconBook size={16} aria-hidden />}>
          {text.documentation}
        </Menu.Item>
        {!isPortal && (
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate()}>
            {session.signOut}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Labelled({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={2}>
        {label}
      </Text>
      {children}
    </div>
  );
}
