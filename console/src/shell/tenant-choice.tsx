import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { useQueryString } from '../router/use-query-string.ts';
import { useSeesAllTenants } from '../session/me.ts';
import { shell as text } from '../strings/shell.ts';

const TYPING_MS = 250;
const SHOWN = 20;

/** The tenant whose lists are shown, for keys that see all of them. Tenants are loaded as one types. */
export function TenantChoice() {
  const isShown = useSeesAllTenants();
  const [{ tenant }, change] = useQueryString();
  const [typed, setTyped] = useState('');
  const [wanted] = useDebouncedValue(typed.trim(), TYPING_MS);
  const [isOpen, setOpen] = useState(false);
  const chosen = useQuery({
    queryKey: ['tenant', tenant],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/tenants/{id}', { params: { path: { id: tenant ?? '' } }, signal })),
    enabled: isShown && tenant !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const name = chosen.data?.name;
  const found = useQuery({
    queryKey: ['tenants', 'choice', wanted === name ? '' : wanted],
    queryFn: ({ signal, queryKey }) => tenantsLike(String(queryKey[2]), signal),
    enabled: isShown && isOpen,
    placeholderData: keepPreviousData,
  });
  if (!isShown) return null;
  const options = (found.data ?? []).map(({ id, name: label }) => ({ value: id, label }));
  const isListed = options.some(({ value }) => value === tenant);
  const data = tenant === undefined || isListed ? options : [{ value: tenant, label: name ?? tenant }, ...options];
  return (
    <Select
      aria-label={text.tenant}
      placeholder={text.allTenants}
      data={data}
      value={tenant ?? null}
      searchable
      clearable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options: all }) => all}
      onChange={(id) => change({ tenant: id ?? undefined })}
      onDropdownOpen={() => setOpen(true)}
      nothingFoundMessage={wanted === '' ? text.typeForTenants : text.noTenantFound}
      size="sm"
      w={{ base: '100%', sm: 220 }}
      comboboxProps={{ shadow: 'md' }}
    />
  );
}

async function tenantsLike(q: string, signal: AbortSignal): Promise<readonly { id: string; name: string }[]> {
  const query = { limit: SHOWN, ...(q !== '' && { q }) };
  const { data } = await dataOf(api.GET('/v1/tenants', { params: { query }, signal }));
  return data;
}
