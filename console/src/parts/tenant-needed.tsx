import type { ReactNode } from 'react';
import { useTenantId } from '../session/me.ts';
import { shell as text } from '../strings/shell.ts';
import { Empty } from './empty.tsx';

/** A page that shows one tenant; asks for one where the key sees all of them and the address names none. */
export function TenantNeeded({ children }: { readonly children: (tenantId: string) => ReactNode }) {
  const tenantId = useTenantId();
  if (tenantId !== undefined) return children(tenantId);
  return <Empty title={text.tenantNeededTitle}>{text.tenantNeeded}</Empty>;
}
