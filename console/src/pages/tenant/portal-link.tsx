import {
  Alert,
  Anchor,
  Button,
  Card,
  Code,
  ColorInput,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { tenant as text } from './strings.ts';

const MINUTE_MS = 60_000;
const MOST_MINUTES = 720;

interface Given {
  readonly permissions: 'read' | 'manage';
  readonly minutes: number;
  readonly origin: string;
  readonly colour: string;
  readonly name: string;
}

const DEFAULTS: Given = { permissions: 'read', minutes: 60, origin: '', colour: '', name: '' };

/** Makes a link that shows this tenant's portal, once: to be put into the platform's page, or to be looked at. */
export function PortalLink({ tenantId }: { readonly tenantId: string }) {
  const [given, setGiven] = useState(DEFAULTS);
  const change = (members: Partial<Given>): void => setGiven((old) => ({ ...old, ...members }));
  const create = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/portal-links', { body: inputOf(tenantId, given) })),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <Card component="section" withBorder p="md" aria-label={text.portal.title}>
      <Title order={2} mb="xs">
        {text.portal.title}
      </Title>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{text.portal.lead}</Text>
          <Group gap="sm" align="flex-start">
            <Select
              label={text.portal.permissions}
              allowDeselect={false}
              data={(['read', 'manage'] as const).map((value) => ({ value, label: text.portal.may[value] }))}
              value={given.permissions}
              onChange={(permissions) => change({ permissions: permissions as Given['permissions'] })}
              w={{ base: '100%', sm: 200 }}
            />
            <NumberInput
              label={text.portal.minutes}
              min={1}
              max={MOST_MINUTES}
              value={given.minutes}
              onChange={(minutes) => change({ minutes: Number(minutes) || DEFAULTS.minutes })}
              w={{ base: '100%', sm: 150 }}
            />
            <TextInput
              label={text.portal.origin}
              placeholder="https://app.example.com"
              value={given.origin}
              onChange={(event) => change({ origin: event.currentTarget.value })}
              spellCheck={false}
              autoComplete="off"
              w={{ base: '100%', sm: 240 }}
            />
            <TextInput
              label={text.portal.name}
              value={given.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
              autoComplete="off"
              w={{ base: '100%', sm: 180 }}
            />
            <ColorInput
              label={text.portal.colour}
              withEyeDropper={false}
              value={given.colour}
              onChange={(colour) => change({ colour })}
              w={{ base: '100%', sm: 150 }}
            />
          </Group>
          {create.error && <ProblemAlert error={create.error} />}
          <Group>
            <Button type="submit" size="sm" variant="default" loading={create.isPending}>
              {text.portal.make}
            </Button>
          </Group>
          {create.data && <Made key={create.data.id} url={location.origin + create.data.path} />}
        </Stack>
      </form>
    </Card>
  );
}

function inputOf(tenantId: string, { permissions, minutes, origin, colour, name }: Given): Schemas['PortalLinkInput'] {
  const theme = { ...(colour !== '' && { colour }), ...(name.trim() !== '' && { name: name.trim() }) };
  return { tenantId, permissions, lifetimeMs: minutes * MINUTE_MS, origin: origin.trim() || null, theme };
}

function Made({ url }: { readonly url: string }) {
  return (
    <Alert color="gray" variant="outline">
      <Stack gap="xs">
        <Code block data-testid="portal-link">
          {url}
        </Code>
        <Text size="sm">{text.portal.once}</Text>
        <Group gap="sm">
          <CopyText value={url}>{text.portal.copy}</CopyText>
          <Anchor href={url} target="_blank" rel="noopener" size="sm" underline="always">
            {text.portal.open}
          </Anchor>
        </Group>
      </Stack>
    </Alert>
  );
}
