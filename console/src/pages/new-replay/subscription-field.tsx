import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { newReplay as text } from './strings.ts';

interface Props {
  readonly tenantId: string;
  readonly value: string | undefined;
  onChange(id: string | undefined): void;
}

const MOST = 100;

/** One of the tenant's subscriptions, named by its trigger and the host that it goes to. */
export function SubscriptionField({ tenantId, value, onChange }: Props) {
  const { data } = useQuery({
    queryKey: ['subscriptions', tenantId, 'choice'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/subscriptions', { params: { query: { tenantId, limit: MOST } }, signal })),
  });
  const options = (data?.data ?? []).map(({ id, trigger, url }) => ({ value: id, label: `${trigger}, ${url}` }));
  const known = value === undefined || options.some((option) => option.value === value);
  return (
    <Select
      label={text.filters.subscription}
      placeholder={text.missing.subscription}
      data={known ? options : [...options, { value, label: value }]}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
      searchable
      w={{ base: '100%', sm: 480 }}
    />
  );
}
