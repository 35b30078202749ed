import { NavLink, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { type Operation, referenceQuery } from './document.ts';
import { GUIDE_GROUPS } from './guides.ts';
import { docs as text } from './strings.ts';

/** The guides, and the calls by their subject. */
export function Navigation({ onFollow }: { readonly onFollow: () => void }) {
  const { data: reference } = useQuery(referenceQuery);
  return (
    <Stack gap="md">
      {GUIDE_GROUPS.map(({ label, guides }) => (
        <div key={label}>
          <GroupLabel>{label}</GroupLabel>
          {guides.map((guide) => (
            <Entry key={guide.name} href={`/guides/${guide.name}`} label={guide.label} onFollow={onFollow} />
          ))}
        </div>
      ))}
      {reference && (
        <div>
          <GroupLabel>{text.reference}</GroupLabel>
          {reference.tags.map(({ name, operations }) => (
            <Subject key={name} label={name} operations={operations} onFollow={onFollow} />
          ))}
          <Subject label={text.webhooks} operations={reference.webhooks} onFollow={onFollow} />
        </div>
      )}
    </Stack>
  );
}

function GroupLabel({ children }: { readonly children: string }) {
  return (
    <Text size="xs" fw={600} c="dimmed" px="xs" mb={4}>
      {children}
    </Text>
  );
}

interface SubjectProps {
  readonly label: string;
  readonly operations: readonly Operation[];
  readonly onFollow: () => void;
}

/** Open where one of its calls is shown. */
function Subject({ label, operations, onFollow }: SubjectProps) {
  const [path] = useLocation();
  const isHere = operations.some(({ operationId }) => path === `/api/${operationId}`);
  if (operations.length === 0) return null;
  return (
    <NavLink component="button" label={label} childrenOffset={12} defaultOpened={isHere} key={String(isHere)} py={4}>
      {operations.map(({ operationId, summary }) => (
        <Entry key={operationId} href={`/api/${operationId}`} label={summary} onFollow={onFollow} />
      ))}
    </NavLink>
  );
}

function Entry({
  href,
  label,
  onFollow,
}: {
  readonly href: string;
  readonly label: string;
  readonly onFollow: () => void;
}) {
  const [path] = useLocation();
  const isHere = path === href;
  return (
    <NavLink
      component={Link}
      href={href}
      label={label}
      active={isHere}
      {...(isHere ? { 'aria-current': 'page' as const } : {})}
      onClick={onFollow}
      py={4}
    />
  );
}
