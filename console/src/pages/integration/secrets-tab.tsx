import { Group, Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Copy } from '../../parts/id.tsx';
import { Time } from '../../parts/time.tsx';
import { useCan } from '../../session/me.ts';
import { useDialect } from './options-tab.tsx';
import { RotateSecret } from './rotate-secret.tsx';
import { integration as all } from './strings.ts';

const text = all.secrets;
type Integration = Schemas['Integration'];
type Secret = Schemas['Secret'];

/** Which secrets sign, since when and until when. */
export function SecretsTab({ integration }: { readonly integration: Integration }) {
  const can = useCan();
  const { data: dialect } = useDialect(integration.dialect);
  const { secrets } = integration;
  const mayRotate = can('rotateIntegrationSecret');
  const missing = (dialect?.secrets ?? []).filter(({ kind }) => !secrets.some((secret) => secret.kind === kind));
  const rotate = ({ kind, expiresAt }: Secret) =>
    mayRotate && expiresAt === null && <RotateSecret integration={integration} kind={kind} />;
  const columns: readonly Column<Secret>[] = [
    { id: 'kind', head: text.columns.kind, isWide: true, cell: (secret) => <Kind secret={secret} /> },
    { id: 'since', head: text.columns.since, cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'until', head: text.columns.until, cell: (secret) => <Until secret={secret} /> },
    { id: 'rotate', head: text.columns.action, cell: rotate },
  ];
  return (
    <Stack gap="sm">
      <DataTable
        label={text.label}
        columns={columns}
        rows={secrets}
        keyOf={({ id }) => id}
        narrow={(secret) => [
          <Kind key="kind" secret={secret} />,
          <>
            <Time key="since" at={secret.createdAt} />, <Until key="until" secret={secret} />{' '}
            <span key="rotate">{rotate(secret)}</span>
          </>,
        ]}
      />
      {mayRotate && (
        <Group>
          {missing.map(({ kind }) => (
            <RotateSecret key={kind} integration={integration} kind={kind} isFirst />
          ))}
        </Group>
      )}
    </Stack>
  );
}

function Kind({ secret: { kind, publicKey } }: { readonly secret: Secret }) {
  return (
    <>
      {text.kinds[kind] ?? kind} {publicKey && <Copy value={publicKey} label={text.publicKey} />}
    </>
  );
}

function Until({ secret: { expiresAt } }: { readonly secret: Secret }) {
  if (expiresAt === null) return text.signs;
  return (
    <>
      {text.signsUntil} <Time at={expiresAt} />
    </>
  );
}
